//! log4rs, synchronous, into a file appender or a rolling one.
use asynclogger_peers::{drive, spec, via_log};
use log4rs::{
    Config,
    append::file::FileAppender,
    append::rolling_file::{
        RollingFileAppender,
        policy::compound::{
            CompoundPolicy, roll::fixed_window::FixedWindowRoller, trigger::size::SizeTrigger,
        },
    },
    config::{Appender, Root},
    encode::pattern::PatternEncoder,
};

fn main() {
    let spec = spec();
    let p = spec.dir.join("app.log");
    let enc = Box::new(PatternEncoder::new("{d(%Y-%m-%dT%H:%M:%S%.6f)} {l} {t} {m}{n}"));
    let a: Box<dyn log4rs::append::Append> = match spec.rotate {
        Some(b) => Box::new(
            RollingFileAppender::builder()
                .encoder(enc)
                .build(
                    &p,
                    Box::new(CompoundPolicy::new(
                        Box::new(SizeTrigger::new(b)),
                        Box::new(
                            FixedWindowRoller::builder()
                                .build(spec.dir.join("app.{}.log").to_str().unwrap(), 2000)
                                .unwrap(),
                        ),
                    )),
                )
                .unwrap(),
        ),
        None => Box::new(FileAppender::builder().encoder(enc).build(&p).unwrap()),
    };
    log4rs::init_config(
        Config::builder()
            .appender(Appender::builder().build("f", a))
            .build(Root::builder().appender("f").build(log::LevelFilter::Info))
            .unwrap(),
    )
    .unwrap();
    drive("log4rs_sync", &spec, via_log(spec.shape), || {
        log::logger().flush()
    });
}
