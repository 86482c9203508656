//! Tokens with a known prefix: cloud, code hosts, chat, payment, AI providers, and bare keys (`age`, Bitcoin).
//!
//! Sorted by first byte, longer ones first (a test checks it). The lengths are those that the providers document or
//! issue, rounded down; shorter text is prose ("the ghp_ prefix").

/// A kind of token.
#[derive(Debug)]
pub(in crate::mask) struct Prefix {
    pub(in crate::mask) text: &'static str,
    /// How many characters of `set` must follow.
    pub(in crate::mask) min_len: u16,
    pub(in crate::mask) set: Set,
}

/// What may follow a prefix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::mask) enum Set {
    Alnum,
    /// Letters, digits, `_` and `-`.
    Token,
    /// As `Token`, and dots.
    Dotted,
    /// As `Token`, and `+`, `/`, `=`.
    Base64,
    /// Digits and letters in upper case.
    Upper,
    /// Hexadecimal digits.
    Hex,
}
use Set::{Alnum, Base64, Dotted, Hex, Token, Upper};

impl Prefix {
    const fn new(text: &'static str, min_len: u16, set: Set) -> Prefix {
        Prefix { text, min_len, set }
    }
}

impl Set {
    pub(in crate::mask) fn has(self, byte: u8) -> bool {
        let token = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match self {
            Set::Alnum => byte.is_ascii_alphanumeric(),
            Set::Token => token,
            Set::Dotted => token || byte == b'.',
            Set::Base64 => token || matches!(byte, b'+' | b'/' | b'=' | b'%' | b'.'),
            Set::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Set::Hex => byte.is_ascii_hexdigit(),
        }
    }
}

pub(in crate::mask) const PREFIXES: &[Prefix] = &[
    Prefix::new("AGE-SECRET-KEY-1", 20, Upper),                // age
    Prefix::new("AQoDYXdz", 40, Base64),                       // AWS session token
    Prefix::new("APA91b", 60, Token),                          // Firebase
    Prefix::new("ATATT3", 40, Token),                          // Atlassian
    Prefix::new("ATCTT3", 40, Token),                          // Atlassian
    Prefix::new("A21AA", 50, Token),                           // PayPal
    Prefix::new("ABIA", 16, Upper),                            // AWS
    Prefix::new("ABSK", 40, Base64),                           // AWS Bedrock
    Prefix::new("ACCA", 16, Upper),                            // AWS
    Prefix::new("AIza", 30, Token),                            // Google API key
    Prefix::new("AKCp", 40, Alnum),                            // JFrog
    Prefix::new("AKIA", 16, Upper),                            // AWS access key
    Prefix::new("AKID", 28, Alnum),                            // Tencent Cloud
    Prefix::new("API-", 26, Upper),                            // Octopus Deploy
    Prefix::new("AQVN", 30, Token),                            // Yandex Cloud
    Prefix::new("ASIA", 16, Upper),                            // AWS temporary access key
    Prefix::new("ATBB", 24, Alnum),                            // Bitbucket
    Prefix::new("A3T", 16, Upper),                             // AWS
    Prefix::new("A3-", 36, Token),                             // 1Password
    Prefix::new("BBFF-", 30, Token),                           // Ubidots
    Prefix::new("CLOJARS_", 40, Alnum),                        // Clojars
    Prefix::new("CCIPAT_", 20, Token),                         // CircleCI
    Prefix::new("CCIPRJ_", 20, Token),                         // CircleCI
    Prefix::new("CFPAT-", 30, Token),                          // Contentful
    Prefix::new("EAAA", 40, Token),                            // Square
    Prefix::new("EAAC", 40, Alnum),                            // Facebook
    Prefix::new("EZAK", 40, Alnum),                            // EasyPost
    Prefix::new("EZTK", 40, Alnum),                            // EasyPost
    Prefix::new("EAA", 60, Alnum),                             // Facebook
    Prefix::new("FLWSECK_TEST-", 12, Token),                   // Flutterwave
    Prefix::new("FwoGZXIvYXdz", 40, Base64),                   // AWS session token
    Prefix::new("FLWSECK-", 12, Token),                        // Flutterwave
    Prefix::new("FwoDYXdz", 40, Base64),                       // AWS session token
    Prefix::new("GR1348941", 20, Token),                       // GitLab
    Prefix::new("GOCSPX-", 20, Token),                         // Google OAuth client
    Prefix::new("HRKU-", 30, Token),                           // Heroku
    Prefix::new("IQoJb3JpZ2lu", 40, Base64),                   // AWS session token
    Prefix::new("LS0tLS1CRUdJTiBSU0EgUFJJVkFURS", 10, Base64), // private key in base64 once more
    Prefix::new("LS0tLS1CRUdJTiBFQyBQUklWQVRF", 10, Base64),   // private key in base64 once more
    Prefix::new("LS0tLS1CRUdJTiBFTkNSWVBURUQ", 10, Base64),    // private key in base64 once more
    Prefix::new("LS0tLS1CRUdJTiBPUEVOU1NI", 10, Base64),       // private key in base64 once more
    Prefix::new("LS0tLS1CRUdJTiBQUklWQVRF", 10, Base64),       // private key in base64 once more
    Prefix::new("LTAI", 12, Alnum),                            // Alibaba Cloud
    Prefix::new("MC4CAQAwBQYDK2Vw", 20, Base64),               // private key without its frame
    Prefix::new("MIIBVAIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIICdwIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIICeAIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIEvAIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIEvQIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIEvgIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIEvwIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIJQgIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIIJQwIBADANBg", 40, Base64),                 // private key without its frame
    Prefix::new("MIGHAgEAMBMG", 40, Base64),                   // private key without its frame
    Prefix::new("MIICXAIBAAKB", 40, Base64),                   // private key without its frame
    Prefix::new("MIICXQIBAAKB", 40, Base64),                   // private key without its frame
    Prefix::new("MIIEogIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIEowIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIEpAIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIEpQIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIJJwIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIJKAIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MIIJKQIBAAKC", 40, Base64),                   // private key without its frame
    Prefix::new("MHcCAQEE", 40, Base64),                       // private key without its frame
    Prefix::new("NRAA-", 20, Token),                           // New Relic
    Prefix::new("NRAK-", 20, Token),                           // New Relic
    Prefix::new("NRII-", 20, Token),                           // New Relic
    Prefix::new("NRIQ-", 20, Token),                           // New Relic
    Prefix::new("NRJS-", 18, Token),                           // New Relic
    Prefix::new("NRRA-", 20, Token),                           // New Relic
    Prefix::new("NF-", 32, Alnum),                             // Nightfall
    Prefix::new("PMAK-", 30, Token),                           // Postman
    Prefix::new("SCW", 17, Upper),                             // Scaleway
    Prefix::new("SK", 32, Hex),                                // Twilio
    Prefix::new("access-development-", 36, Token),             // Plaid
    Prefix::new("access-production-", 36, Token),              // Plaid
    Prefix::new("access-sandbox-", 36, Token),                 // Plaid
    Prefix::new("apify_api_", 30, Alnum),                      // Apify
    Prefix::new("api_org_", 30, Alnum),                        // Hugging Face
    Prefix::new("abp_", 30, Token),                            // Aiven
    Prefix::new("aio_", 26, Alnum),                            // Adafruit
    Prefix::new("b3BlbnNzaC1rZXktdjE", 20, Base64),            // OpenSSH private key without its frame
    Prefix::new("bkaj_", 36, Alnum),                           // Buildkite
    Prefix::new("bkct_", 36, Alnum),                           // Buildkite
    Prefix::new("bkua_", 36, Alnum),                           // Buildkite
    Prefix::new("cmVmdGtu", 40, Base64),                       // JFrog
    Prefix::new("cfat_", 30, Token),                           // Cloudflare
    Prefix::new("cfut_", 30, Token),                           // Cloudflare
    Prefix::new("csk-", 40, Alnum),                            // Cerebras
    Prefix::new("cio", 32, Alnum),                             // a registry of Rust crates
    Prefix::new("duffel_live_", 30, Token),                    // Duffel
    Prefix::new("duffel_test_", 30, Token),                    // Duffel
    Prefix::new("dckr_oat_", 24, Token),                       // Docker
    Prefix::new("dckr_pat_", 24, Token),                       // Docker
    Prefix::new("doo_v1_", 40, Hex),                           // DigitalOcean
    Prefix::new("dop_v1_", 40, Hex),                           // DigitalOcean
    Prefix::new("dor_v1_", 40, Hex),                           // DigitalOcean
    Prefix::new("dbtc_", 40, Token),                           // dbt
    Prefix::new("dbtu_", 40, Token),                           // dbt
    Prefix::new("dapi", 32, Hex),                              // Databricks
    Prefix::new("ddp_", 34, Alnum),                            // Datadog
    Prefix::new("esecret_", 20, Alnum),                        // Anyscale
    Prefix::new("eyJrIjoi", 60, Base64),                       // Grafana
    Prefix::new("e2b_", 36, Hex),                              // E2B
    Prefix::new("fio-u-", 40, Token),                          // Frame.io
    Prefix::new("figd_", 30, Token),                           // Figma
    Prefix::new("fm1a_", 40, Base64),                          // Fly.io
    Prefix::new("fm1r_", 40, Base64),                          // Fly.io
    Prefix::new("fal_", 30, Token),                            // fal
    Prefix::new("fm2_", 40, Base64),                           // Fly.io
    Prefix::new("fo1_", 36, Token),                            // Fly.io
    Prefix::new("fc-", 32, Hex),                               // Firecrawl
    Prefix::new("fw_", 20, Alnum),                             // Fireworks
    Prefix::new("github_pat_", 30, Token),                     // GitHub
    Prefix::new("glagent-", 20, Token),                        // GitLab
    Prefix::new("glffct-", 20, Token),                         // GitLab
    Prefix::new("glsoat-", 20, Token),                         // GitLab
    Prefix::new("glcbt-", 20, Token),                          // GitLab
    Prefix::new("glimt-", 20, Token),                          // GitLab
    Prefix::new("gloas-", 30, Token),                          // GitLab
    Prefix::new("glpat-", 20, Token),                          // GitLab
    Prefix::new("glptt-", 30, Token),                          // GitLab
    Prefix::new("glrtr-", 20, Token),                          // GitLab
    Prefix::new("ghcp_", 30, Alnum),                           // GitHub
    Prefix::new("gldt-", 20, Token),                           // GitLab
    Prefix::new("glft-", 20, Token),                           // GitLab
    Prefix::new("glrt-", 20, Token),                           // GitLab
    Prefix::new("glsa_", 30, Token),                           // Grafana
    Prefix::new("glwt-", 20, Token),                           // GitLab
    Prefix::new("gho_", 30, Alnum),                            // GitHub
    Prefix::new("ghp_", 30, Alnum),                            // GitHub
    Prefix::new("ghr_", 30, Alnum),                            // GitHub
    Prefix::new("ghs_", 30, Token),                            // GitHub
    Prefix::new("ghu_", 30, Alnum),                            // GitHub
    Prefix::new("glc_", 30, Base64),                           // Grafana
    Prefix::new("gsk_", 30, Alnum),                            // Groq
    Prefix::new("hf_", 20, Alnum),                             // Hugging Face
    Prefix::new("hvb", 60, Dotted),                            // HashiCorp Vault
    Prefix::new("intg_", 30, Alnum),                           // Intercom
    Prefix::new("ico-", 32, Alnum),                            // Infracost
    Prefix::new("jina_", 30, Token),                           // Jina
    Prefix::new("key-", 32, Hex),                              // Mailgun
    Prefix::new("key_", 64, Hex),                              // Cursor
    Prefix::new("lin_oauth_", 30, Alnum),                      // Linear
    Prefix::new("lin_api_", 30, Alnum),                        // Linear
    Prefix::new("lsv2_pt_", 30, Token),                        // LangSmith
    Prefix::new("lsv2_sk_", 30, Token),                        // LangSmith
    Prefix::new("live_", 30, Alnum),                           // Mollie
    Prefix::new("ls__", 30, Hex),                              // LangSmith
    Prefix::new("mdb_sa_sk_", 30, Token),                      // MongoDB Atlas
    Prefix::new("mlsn", 40, Dotted),                           // MailerSend
    Prefix::new("nvapi-", 40, Token),                          // NVIDIA
    Prefix::new("nsec1", 50, Alnum),                           // Nostr
    Prefix::new("nfp_", 30, Alnum),                            // Netlify
    Prefix::new("npm_", 30, Alnum),                            // npm
    Prefix::new("ntn_", 36, Alnum),                            // Notion
    Prefix::new("ory_pat_", 32, Token),                        // Ory
    Prefix::new("ops_eyJ", 40, Token),                         // 1Password
    Prefix::new("ory_at_", 32, Token),                         // Ory
    Prefix::new("ory_rt_", 32, Token),                         // Ory
    Prefix::new("ory_st_", 32, Token),                         // Ory
    Prefix::new("oy2", 43, Alnum),                             // NuGet
    Prefix::new("pscale_oauth_", 30, Token),                   // PlanetScale
    Prefix::new("pscale_tkn_", 30, Token),                     // PlanetScale
    Prefix::new("pscale_pw_", 30, Token),                      // PlanetScale
    Prefix::new("pat-eu1-", 30, Token),                        // HubSpot
    Prefix::new("pat-na1-", 30, Token),                        // HubSpot
    Prefix::new("pcsk_", 40, Token),                           // Pinecone
    Prefix::new("pplx-", 30, Alnum),                           // Perplexity
    Prefix::new("pypi-", 50, Token),                           // PyPI
    Prefix::new("phc_", 40, Alnum),                            // PostHog
    Prefix::new("phx_", 40, Alnum),                            // PostHog
    Prefix::new("pnb_", 30, Alnum),                            // Prefect
    Prefix::new("pnu_", 30, Alnum),                            // Prefect
    Prefix::new("pul-", 40, Hex),                              // Pulumi
    Prefix::new("p8e-", 32, Alnum),                            // Adobe
    Prefix::new("pa-", 40, Token),                             // Voyage
    Prefix::new("rubygems_", 40, Hex),                         // RubyGems
    Prefix::new("rzp_live_", 14, Alnum),                       // Razorpay
    Prefix::new("rzp_test_", 14, Alnum),                       // Razorpay
    Prefix::new("rk_live_", 16, Alnum),                        // Stripe
    Prefix::new("rk_test_", 16, Alnum),                        // Stripe
    Prefix::new("rdme_", 60, Alnum),                           // ReadMe
    Prefix::new("rnd_", 26, Alnum),                            // Render
    Prefix::new("rpa_", 36, Alnum),                            // RunPod
    Prefix::new("r8_", 30, Alnum),                             // Replicate
    Prefix::new("re_", 28, Token),                             // Resend
    Prefix::new("shippo_live_", 40, Hex),                      // Shippo
    Prefix::new("shippo_test_", 40, Hex),                      // Shippo
    Prefix::new("sk-svcacct-", 20, Token),                     // OpenAI
    Prefix::new("sb_secret_", 20, Token),                      // Supabase
    Prefix::new("sk-admin-", 20, Token),                       // OpenAI
    Prefix::new("sk-or-v1-", 40, Hex),                         // OpenRouter
    Prefix::new("s-s4t2ud-", 64, Hex),                         // 42
    Prefix::new("sk-proj-", 20, Token),                        // OpenAI
    Prefix::new("sk_live_", 16, Alnum),                        // Stripe
    Prefix::new("sk_test_", 16, Alnum),                        // Stripe
    Prefix::new("secret_", 24, Alnum),                         // Notion, Stripe
    Prefix::new("sk-ant-", 20, Token),                         // Anthropic
    Prefix::new("sm_aat_", 16, Token),                         // Settlemint
    Prefix::new("sm_pat_", 16, Token),                         // Settlemint
    Prefix::new("sntrys_", 40, Base64),                        // Sentry
    Prefix::new("sntryu_", 40, Hex),                           // Sentry
    Prefix::new("sq0atp-", 20, Token),                         // Square
    Prefix::new("sq0csp-", 20, Token),                         // Square
    Prefix::new("sq0idp-", 20, Token),                         // Square
    Prefix::new("shpat_", 30, Hex),                            // Shopify
    Prefix::new("shpca_", 30, Hex),                            // Shopify
    Prefix::new("shppa_", 30, Hex),                            // Shopify
    Prefix::new("shpss_", 30, Hex),                            // Shopify
    Prefix::new("sk-lf-", 30, Token),                          // Langfuse
    Prefix::new("sess-", 40, Alnum),                           // OpenAI
    Prefix::new("sbp_", 40, Hex),                              // Supabase
    Prefix::new("sgd_", 60, Token),                            // Sourcegraph
    Prefix::new("sgp_", 40, Token),                            // Sourcegraph
    Prefix::new("sqa_", 40, Hex),                              // SonarQube
    Prefix::new("sqp_", 40, Hex),                              // SonarQube
    Prefix::new("squ_", 40, Hex),                              // SonarQube
    Prefix::new("syt_", 30, Token),                            // Matrix
    Prefix::new("sk-", 20, Alnum),                             // OpenAI
    Prefix::new("sk_", 40, Hex),                               // ElevenLabs
    Prefix::new("sk", 80, Alnum),                              // Sanity
    Prefix::new("tskey-client-", 12, Token),                   // Tailscale
    Prefix::new("tskey-auth-", 12, Token),                     // Tailscale
    Prefix::new("tskey-api-", 12, Token),                      // Tailscale
    Prefix::new("tgp_v1_", 30, Token),                         // Together
    Prefix::new("tskey-", 20, Token),                          // Tailscale
    Prefix::new("tk-us-", 48, Token),                          // Scalingo
    Prefix::new("tmprl_", 60, Token),                          // Temporal
    Prefix::new("tvly-", 24, Token),                           // Tavily
    Prefix::new("test_", 35, Hex),                             // Lob
    Prefix::new("tfp_", 30, Token),                            // Typeform
    Prefix::new("unkey_", 20, Alnum),                          // Unkey
    Prefix::new("vercel_blob_rw_", 20, Token),                 // Vercel
    Prefix::new("vcp_", 24, Alnum),                            // Vercel
    Prefix::new("vck_", 24, Alnum),                            // Vercel
    Prefix::new("vca_", 24, Alnum),                            // Vercel
    Prefix::new("vci_", 24, Alnum),                            // Vercel
    Prefix::new("vcr_", 24, Alnum),                            // Vercel
    Prefix::new("wandb_v1_", 40, Token),                       // Weights and Biases
    Prefix::new("whsec_", 24, Base64),                         // Stripe webhook
    Prefix::new("xsmtpsib-", 60, Token),                       // Brevo
    Prefix::new("xkeysib-", 60, Token),                        // Brevo
    Prefix::new("xoxe.xox", 12, Dotted),                       // Slack
    Prefix::new("xapp-", 20, Token),                           // Slack
    Prefix::new("xoxa-", 12, Token),                           // Slack
    Prefix::new("xoxb-", 12, Token),                           // Slack
    Prefix::new("xoxc-", 12, Token),                           // Slack
    Prefix::new("xoxd-", 12, Base64),                          // Slack
    Prefix::new("xoxe-", 12, Token),                           // Slack
    Prefix::new("xoxo-", 12, Token),                           // Slack
    Prefix::new("xoxp-", 12, Token),                           // Slack
    Prefix::new("xoxr-", 12, Token),                           // Slack
    Prefix::new("xoxs-", 12, Token),                           // Slack
    Prefix::new("xwfp-", 12, Token),                           // Slack
    Prefix::new("xai-", 40, Alnum),                            // xAI
    Prefix::new("xprv", 100, Alnum),                           // Bitcoin
    Prefix::new("zpka_", 30, Token),                           // Zuplo
];

/// Prefixes that hold dots, and how many characters must follow.
pub(in crate::mask) const DOTTED: &[(&str, usize)] = &[
    ("AQ.", 30),
    ("SG.", 20),
    ("hvs.", 20),
    ("hvb.", 20),
    ("hvr.", 20),
    ("ya29.", 20),
    ("dp.pt.", 30),
    ("dp.st.", 30),
    ("dp.ct.", 30),
    ("dp.sa.", 30),
    ("dp.scim.", 30),
    ("dp.audit.", 30),
    ("dt0c01.", 20),
    ("dt0s16.", 20),
    ("sk.eyJ", 10),
    ("xoxe.", 20),
    ("sl.", 60),
    ("t1.", 60),
    ("s.", 24),
    ("b.AAAAAQ", 60),
    ("y0_", 50),
    ("EwB", 100),
    ("v1.0-", 60),
    ("pat.", 44),
    ("base64url.bearer.authorization.k8s.io.", 20),
];

/// The known prefixes that begin with `first`.
#[inline]
pub(in crate::mask) fn prefixes_from(first: u8) -> &'static [Prefix] {
    let (from, to) = FIRSTS.get(usize::from(first)).copied().unwrap_or((0, 0));
    &PREFIXES[usize::from(from)..usize::from(to)]
}

/// Where in [`PREFIXES`] the rows with a first byte begin and end.
const FIRSTS: [(u16, u16); 128] = {
    let mut firsts = [(0, 0); 128];
    let mut row = 0;
    while row < PREFIXES.len() {
        let first = PREFIXES[row].text.as_bytes()[0] as usize;
        if firsts[first].1 == 0 {
            firsts[first].0 = row as u16;
        }
        firsts[first].1 = row as u16 + 1;
        row += 1;
    }
    firsts
};
