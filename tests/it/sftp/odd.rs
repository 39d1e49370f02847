//! An SFTP server of version 3 in memory that behaves as the protocol allows and few do, each way by itself.

mod login;
mod ways;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use russh::server::Config;
use tokio::net::TcpListener;

use self::login::Login;
use super::server::make_key;
pub use ways::{Node, Odd, TYPED, Wants};

type Tree = Arc<Mutex<BTreeMap<Vec<u8>, Node>>>;

/// The server, listening.
pub struct OddServer {
    pub port: u16,
    pub host_key: String,
    pub tree: Tree,
    pub connections: Arc<AtomicU64>,
    folder: tempfile::TempDir,
}

impl OddServer {
    pub async fn start(odd: Odd) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let host_key = make_key(&folder.path().join("key"));
        std::fs::write(folder.path().join("password"), "any").expect("a file");
        let key = russh::keys::load_secret_key(folder.path().join("key"), None).expect("a key");
        let config = Arc::new(Config { keys: vec![key], ..Config::default() });
        let tree = Tree::default();
        for name in ["/", "/out", "/in"] {
            tree.lock().expect("the tree").insert(name.into(), Node::Folder);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let connections = Arc::new(AtomicU64::new(0));
        let (shared, counted) = (Arc::clone(&tree), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let login = Login::new(odd.clone(), Arc::clone(&shared));
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    if let Ok(session) = russh::server::run_stream(config, stream, login).await {
                        let _ = session.await;
                    }
                });
            }
        });
        Self { port, host_key, tree, connections, folder }
    }

    pub fn line(&self) -> String {
        let password: &Path = &self.folder.path().join("password");
        format!(
            "[line]\nkind = \"parcel\"\noutgoing = \"/out\"\nincoming = \"/in\"\narchive = \"/done\"\npoll = \"20ms\"\n\
             largest_file_mib = 1\n[line.sftp]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"court\"\nhost_keys = [\"{}\"]\n\
             password = {{ file = \"{}\" }}\ntimeout = \"5s\"\n",
            self.port,
            self.host_key,
            password.display()
        )
    }

    /// Another password in the file that the line names.
    pub fn set_password(&self, password: &str) {
        std::fs::write(self.folder.path().join("password"), password).expect("a file");
    }

    /// The line with a key as well.
    pub fn line_with_key(&self) -> String {
        let key = self.folder.path().join("key");
        self.line().replace("timeout =", &format!("key_file = \"{}\"\ntimeout =", key.display()))
    }

    pub fn put(&self, path: &[u8], node: Node) {
        self.tree.lock().expect("the tree").insert(path.to_vec(), node);
    }

    pub fn get(&self, path: &str) -> Option<Node> {
        self.tree.lock().expect("the tree").get(path.as_bytes()).cloned()
    }
}

/// An open file, or a folder with whether it was listed.
struct Open {
    path: Vec<u8>,
    is_listed: bool,
}

struct Serving {
    odd: Odd,
    tree: Tree,
    open: Vec<Open>,
}

impl Serving {
    fn new(odd: Odd, tree: Tree) -> Self {
        Self { odd, tree, open: Vec::new() }
    }
}

fn number(bytes: &mut &[u8]) -> u32 {
    let (taken, rest) = bytes.split_at(4);
    *bytes = rest;
    u32::from_be_bytes(taken.try_into().expect("four"))
}

fn text<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let length = number(bytes) as usize;
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken
}

fn long(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("short").to_be_bytes()[..], bytes].concat()
}

impl Serving {
    fn answer(&mut self, packet: &[u8]) -> Vec<u8> {
        let (kind, mut rest) = packet.split_first().expect("a kind");
        let id = number(&mut rest).to_be_bytes();
        if *kind == 1 {
            let mut version = [&[2][..], &3_u32.to_be_bytes()].concat();
            if self.odd.renames_over.is_some() {
                version.extend([long(b"posix-rename@openssh.com"), long(b"1")].concat());
            }
            return version;
        }
        let (kind, body) = match self.reply(*kind, rest) {
            Ok(reply) => reply,
            Err(code) if self.odd.bare_status => (101, code.to_be_bytes().to_vec()),
            Err(code) => (101, [code.to_be_bytes().to_vec(), long(b"as it is"), long(b"en")].concat()),
        };
        [&[kind][..], &id, &body].concat()
    }

    /// The answer's kind and body, or the code of a STATUS.
    fn reply(&mut self, kind: u8, mut rest: &[u8]) -> Result<(u8, Vec<u8>), u32> {
        let tree = Arc::clone(&self.tree);
        let mut tree = tree.lock().expect("the tree");
        let first = text(&mut rest).to_vec();
        match kind {
            3 => {
                let anew = number(&mut rest) & 0x10 != 0;
                match tree.get(&first) {
                    Some(Node::File(_)) if !anew => {}
                    Some(Node::Folder | Node::Link) => return Err(4),
                    None if !anew => return Err(self.odd.absent),
                    _ => drop(tree.insert(first.clone(), Node::File(Vec::new()))),
                }
                if let Some(packet) = &self.odd.instead_of_handle {
                    return Ok((packet[0], packet[1..].to_vec()));
                }
                Ok((102, self.handle(first)))
            }
            4 => Err(0),
            5 => {
                let Node::File(bytes) = tree[&self.at(&first).path].clone() else { return Err(4) };
                let (_, offset) = (number(&mut rest), number(&mut rest) as usize);
                let wanted = (number(&mut rest) as usize).min(self.odd.most_read);
                match bytes.get(offset..) {
                    Some(from) if !from.is_empty() => Ok((103, long(&from[..from.len().min(wanted)]))),
                    _ if self.odd.empty_end => Ok((103, long(b""))),
                    _ => Err(self.odd.end),
                }
            }
            6 => {
                let (_, offset) = (number(&mut rest), number(&mut rest) as usize);
                let written = text(&mut rest);
                let Some(Node::File(bytes)) = tree.get_mut(&self.at(&first).path) else { return Err(4) };
                bytes.resize(bytes.len().max(offset + written.len()), 0);
                bytes[offset..offset + written.len()].copy_from_slice(written);
                Err(0)
            }
            7 | 8 if self.odd.no_lstat => Err(8),
            17 if self.odd.no_stat => Err(8),
            7 | 17 => tree.get(&first).map(|node| (105, self.attributes(node, true))).ok_or(self.odd.absent),
            11 => match tree.get(&first) {
                Some(Node::Folder) => Ok((102, self.handle(first))),
                _ => Err(self.odd.absent),
            },
            12 => self.names(&tree, &first),
            13 => match tree.get(&first) {
                Some(Node::File(_) | Node::Link) => tree.remove(&first).map_or(Err(2), |_| Err(0)),
                Some(Node::Folder) => Err(4),
                None => Err(self.odd.absent),
            },
            14 => match tree.contains_key(&first) {
                true => Err(self.odd.exists),
                false => tree.insert(first, Node::Folder).map_or(Err(0), |_| Err(4)),
            },
            15 => tree.remove(&first).map_or(Err(self.odd.absent), |_| Err(0)),
            18 => self.rename(&mut tree, &first, text(&mut rest), false),
            200 => match self.odd.renames_over {
                Some(over) => {
                    let from = text(&mut rest);
                    self.rename(&mut tree, from, text(&mut rest), over)
                }
                None => Err(8),
            },
            _ => Err(8),
        }
    }

    fn rename(
        &self,
        tree: &mut BTreeMap<Vec<u8>, Node>,
        from: &[u8],
        to: &[u8],
        over: bool,
    ) -> Result<(u8, Vec<u8>), u32> {
        match (tree.get(to), tree.get(from)) {
            (_, None) => return Err(self.odd.absent),
            (Some(Node::Folder), _) => return Err(self.odd.exists),
            (Some(_), _) if !over => return Err(self.odd.exists),
            _ => {}
        }
        let node = tree.remove(from).expect("it is there");
        tree.insert(to.to_vec(), node);
        Err(0)
    }

    fn handle(&mut self, path: Vec<u8>) -> Vec<u8> {
        self.open.push(Open { path, is_listed: false });
        let at = u32::try_from(self.open.len() - 1).expect("few are opened").to_be_bytes();
        let prefix: &[u8] = if self.odd.byte_handles { &[0xff, 0xfe, 0] } else { b"h" };
        long(&[prefix, &at].concat())
    }

    fn at(&mut self, handle: &[u8]) -> &mut Open {
        let at = handle.last_chunk::<4>().expect("a handle");
        &mut self.open[u32::from_be_bytes(*at) as usize]
    }

    fn attributes(&self, node: &Node, sizes: bool) -> Vec<u8> {
        let (mode, size) = match node {
            Node::File(bytes) => (0o100_640_u32, bytes.len()),
            Node::Folder => (0o040_750, 0),
            Node::Link => (0o120_777, 0),
        };
        let mut flags = 0x02;
        let mut body = Vec::new();
        if sizes {
            flags |= 0x09;
            body.extend(u64::try_from(size).expect("small").to_be_bytes());
        }
        body.extend([0; 8]);
        if let Some(bits) = self.odd.mode {
            flags |= 0x04;
            body.extend((mode & bits).to_be_bytes());
        }
        if sizes {
            body.extend([0, 0, 0, 7, 0, 0, 0, 7]);
        }
        if self.odd.extended {
            flags |= 0x8000_0000;
            body.extend(
                [&2_u32.to_be_bytes()[..], &long(b"acl@odd"), &long(&[0xff]), &long(b""), &long(b"x")]
                    .concat(),
            );
        }
        [&u32::to_be_bytes(flags)[..], &body].concat()
    }

    fn names(&mut self, tree: &BTreeMap<Vec<u8>, Node>, handle: &[u8]) -> Result<(u8, Vec<u8>), u32> {
        let open = self.at(handle);
        if std::mem::replace(&mut open.is_listed, true) {
            return if self.odd.no_names { Ok((104, vec![0; 4])) } else { Err(1) };
        }
        let folder = [open.path.strip_suffix(b"/").unwrap_or(&open.path), b"/"].concat();
        let inside = tree.iter().filter_map(|(path, node)| Some((path.strip_prefix(&folder[..])?, node)));
        let inside: Vec<_> = inside.filter(|(name, _)| !name.is_empty() && !name.contains(&b'/')).collect();
        let all = [(&b"."[..], &Node::Folder), (b"..", &Node::Folder)].into_iter().chain(inside);
        let (mut count, mut body) = (0_u32, Vec::new());
        for (name, node) in all {
            count += 1;
            let first = match node {
                Node::File(_) => "-",
                Node::Folder => "d",
                Node::Link => "l",
            };
            let shown = if self.odd.long_names { format!("{first}rwxr-x---   1 a b") } else { String::new() };
            body.extend([long(name), long(shown.as_bytes()), self.attributes(node, self.odd.sizes)].concat());
        }
        Ok((104, [&count.to_be_bytes()[..], &body].concat()))
    }
}
