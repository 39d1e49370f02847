//! Why nobody is named by the provider, in words for whoever wants to sign in and for the audit.

/// Why nobody is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The browser has no cookie of a sign-in that it began, or it is too old.
    Lost,
    /// The state is another than that of the sign-in that this browser began.
    State,
    /// The same answer of the provider was shown before.
    Again,
    /// The provider refused, for this reason in its own word.
    Declined(String),
    /// The provider cannot be reached, or does not answer in time.
    Down,
    /// An answer of the provider is not as the standard has it.
    Answer(&'static str),
    /// The provider does not take the code.
    Code,
    /// The ID token is of another issuer.
    Issuer,
    /// The ID token is for somebody else.
    Audience,
    /// The ID token belongs to another sign-in.
    Nonce,
    /// The ID token is over, or not valid yet.
    Time,
    /// The ID token is not signed by a way that is taken.
    Algorithm,
    /// The ID token is signed by a key that the provider does not publish.
    UnknownKey,
    /// The signature of the ID token is wrong.
    Signature,
    /// The provider does not say the claim of this name.
    Claim(String),
}

impl Refused {
    /// The provider refused for a reason, which is its own word.
    pub fn declined(error: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
        Self::Declined(error.chars().filter(plain).take(64).collect())
    }

    /// Whether it may be somebody's attack, so that the address is slowed down.
    pub const fn is_suspicious(&self) -> bool {
        !matches!(self, Self::Down | Self::Declined(_) | Self::Answer(_) | Self::Claim(_))
    }

    /// In words: Chinese, English.
    pub fn words(&self) -> (String, String) {
        let (zh, en) = match self {
            Self::Lost => (
                "登录已超时，或不是由本浏览器发起的，请重新登录",
                "the sign-in took too long, or was not begun by this browser; begin again",
            ),
            Self::State => (
                "返回的信息与本浏览器发起的登录不符，请重新登录",
                "what came back does not belong to the sign-in of this browser; begin again",
            ),
            Self::Again => ("本次登录已使用过，请重新登录", "this sign-in was used already; begin again"),
            Self::Down => (
                "统一身份认证暂时无法访问，请稍后再试，或以密码登录",
                "the identity provider cannot be reached; try again later, or sign in with a password",
            ),
            Self::Code => (
                "统一身份认证不认可本次登录，请重新登录",
                "the identity provider does not take this sign-in; begin again",
            ),
            Self::Issuer => ("登录凭据来自其他认证系统", "the token is of another identity provider"),
            Self::Audience => ("登录凭据不是发给本系统的", "the token is not meant for this system"),
            Self::Nonce => ("登录凭据属于另一次登录", "the token belongs to another sign-in"),
            Self::Time => (
                "登录凭据已过期或尚未生效，请核对系统时间",
                "the token has expired or is not valid yet; check the clocks",
            ),
            Self::Algorithm => {
                ("登录凭据的签名方式不被接受", "the token is not signed by a way that is taken")
            }
            Self::UnknownKey => ("登录凭据的签名密钥未知", "the token is signed by an unknown key"),
            Self::Signature => ("登录凭据的签名无效", "the signature of the token is wrong"),
            Self::Declined(word) => {
                return (
                    format!("统一身份认证未同意登录（{word}）"),
                    format!("the identity provider refused ({word})"),
                );
            }
            Self::Answer(what) => {
                return (
                    format!("统一身份认证的应答无法识别（{what}），请联系运维"),
                    format!(
                        "an answer of the identity provider cannot be understood ({what}); tell operations"
                    ),
                );
            }
            Self::Claim(name) => {
                return (
                    format!("统一身份认证未提供工号（{name}），请联系运维"),
                    format!("the identity provider does not say the staff number ({name}); tell operations"),
                );
            }
        };
        (zh.to_owned(), en.to_owned())
    }
}
