//! Circular imports among the files of one folder, directly or through other files.
//!
//! A file `x.rs` and the folder `x/` are one *node* of the folder that holds them, and a module is treated as its file.
//! An edge leads from one node to another if any file of the first names anything in the second, by `crate::`, by
//! `super::`, or through a `use` of their parent. Edges between a parent and its children are allowed: a parent
//! declares its children, and they use its types. Method calls are not imports and are not found.

use super::reading::{Source, inline_modules_around, words};
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;
/// The edges between the nodes of one folder.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Each circle as its folder and its nodes: `mask: card, token`.
pub fn circles(sources: &[Source]) -> Vec<String> {
    let tree = Tree::new(sources);
    let mut found = Vec::new();
    for (folder, arrows) in tree.arrows(sources) {
        let mut left: BTreeSet<&String> = arrows.keys().collect();
        while let Some(node) = left.pop_first() {
            let ahead = reachable(&arrows, node);
            if ahead.contains(node) {
                let circle = ahead
                    .into_iter()
                    .filter(|other| reachable(&arrows, other).contains(node));
                let circle: Vec<String> = circle.inspect(|other| _ = left.remove(other)).collect();
                found.push(format!("{}: {}", folder.join("/"), circle.join(", ")));
            }
        }
    }
    found
}

/// The nodes that can be reached from `node`, in one step or more.
fn reachable(arrows: &Arrows, node: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![node.to_owned()];
    while let Some(node) = next.pop() {
        let targets = arrows.get(&node).into_iter().flatten();
        next.extend(targets.filter(|target| seen.insert((*target).clone())).cloned());
    }
    seen
}

/// The modules that have a file, and the names that a module imports from its children.
struct Tree {
    modules: BTreeSet<Path>,
    taken: BTreeMap<(Path, String), Path>,
}

impl Tree {
    fn new(sources: &[Source]) -> Tree {
        let mut tree = Tree {
            modules: sources.iter().map(module_of).collect(),
            taken: BTreeMap::new(),
        };
        for source in sources {
            let module = module_of(source);
            for path in used_from_below(&source.code) {
                let below: Path = module.iter().chain(&path).cloned().collect();
                let file = tree.deepest(&below);
                if let (Some(name), true) = (path.last(), file.len() > module.len()) {
                    tree.taken.insert((module.clone(), name.clone()), file);
                }
            }
        }
        tree
    }

    /// The longest prefix of `path` that is a module.
    fn deepest(&self, path: &[String]) -> Path {
        let lens = (0..=path.len()).rev();
        let len = lens.into_iter().find(|&len| self.modules.contains(&path[..len]));
        path[..len.unwrap_or(0)].to_vec()
    }

    /// The module that contains the item of `path`, which a parent may import by a `use`.
    fn home(&self, path: &[String]) -> Path {
        let module = self.deepest(path);
        let name = path.get(module.len()).cloned().unwrap_or_default();
        self.taken.get(&(module.clone(), name)).cloned().unwrap_or(module)
    }

    fn arrows(&self, sources: &[Source]) -> BTreeMap<Path, Arrows> {
        let mut all: BTreeMap<Path, Arrows> = BTreeMap::new();
        for source in sources {
            let from = module_of(source);
            for path in named(source) {
                let to = self.home(&path);
                let shared = from
                    .iter()
                    .zip(&to)
                    .take_while(|(one, other)| one == other)
                    .count();
                // Modules at the root have ranks instead.
                if shared > 0 && shared < from.len() && shared < to.len() {
                    let arrows = all.entry(from[..shared].to_vec()).or_default();
                    let targets = arrows.entry(from[shared].clone()).or_default();
                    targets.insert(to[shared].clone());
                }
            }
        }
        all
    }
}

fn module_of(source: &Source) -> Path {
    let path = source.path.strip_suffix(".rs").unwrap_or(&source.path);
    path.split('/')
        .filter(|name| *name != "lib")
        .map(str::to_owned)
        .collect()
}

/// The paths from the root that a file names by `crate::` or `super::`.
fn named(source: &Source) -> Vec<Path> {
    let (module, code) = (module_of(source), &source.code);
    let mut paths = Vec::new();
    for (at, word) in words(code) {
        if code[..at].ends_with("::") || !matches!(word, "crate" | "super") {
            continue;
        }
        let Some(mut rest) = code[at + word.len()..].strip_prefix("::") else {
            continue;
        };
        let mut base = Vec::new();
        if word == "super" {
            let mut supers = 1;
            while let Some(next) = rest.strip_prefix("super::") {
                (rest, supers) = (next, supers + 1);
            }
            let inline = inline_modules_around(code, at);
            if supers <= inline {
                continue;
            }
            base = module[..module.len().saturating_sub(supers - inline)].to_vec();
        }
        expand(rest, &base, &mut paths);
    }
    paths
}

/// The paths in `use` items that begin with the name of a module below, without `self::`.
fn used_from_below(code: &str) -> Vec<Path> {
    let mut paths = Vec::new();
    for (at, _) in words(code).filter(|(_, word)| *word == "use") {
        let rest = code[at + 3..].trim_start();
        let rest = rest.strip_prefix("self::").unwrap_or(rest);
        expand(rest, &[], &mut paths);
    }
    paths
}

/// Adds the paths of an import tree, `a::{b, c::{d, e}}`, each after `base`; returns the length of the tree.
fn expand(tree: &str, base: &[String], paths: &mut Vec<Path>) -> usize {
    let mut path = base.to_vec();
    let mut at = 0;
    loop {
        if tree[at..].starts_with('{') {
            return at + expand_group(&tree[at..], &path, paths);
        }
        let len = tree[at..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(tree.len() - at);
        // In a group `self` is the module itself.
        if len > 0 && &tree[at..at + len] != "self" {
            path.push(tree[at..at + len].to_owned());
        }
        at += len;
        if !tree[at..].starts_with("::") {
            paths.push(path);
            return at;
        }
        at += 2;
    }
}

fn expand_group(group: &str, base: &[String], paths: &mut Vec<Path>) -> usize {
    let mut at = 1;
    while let Some(c) = group[at..].chars().next() {
        match c {
            '}' => return at + 1,
            c if c.is_alphabetic() || c == '_' || c == '{' => {
                at += expand(&group[at..], base, paths);
                // `as name`
                at += group[at..].find([',', '}']).unwrap_or(group.len() - at);
            }
            c => at += c.len_utf8(),
        }
    }
    at
}
