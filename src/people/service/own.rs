//! What is a person's own: password and second factor.

use uuid::Uuid;

use super::super::{password, second_factor};
use super::People;
use crate::domain::decide::Rejected;
use crate::domain::people::Person;
use crate::domain::{Finding, PersonId};
use crate::engine::{InputError, NewFactor};

impl People {
    pub(super) async fn person(&self, id: PersonId) -> Result<Person, InputError> {
        let found = self.store.read(move |reads| reads.person(id)).await?;
        Ok(found.ok_or(Rejected::Unknown("person"))?)
    }

    /// Changes a person's own password. A wrong old one counts like a failure to sign in.
    ///
    /// # Errors
    /// [`Rejected::Findings`] where the old one is wrong or the new one breaks a rule.
    pub async fn change_password(
        &self,
        (id, session): (PersonId, Uuid),
        old: String,
        new: String,
    ) -> Result<(), InputError> {
        let person = self.person(id).await?;
        let rules = self.rules().clone();
        let against = person.password.as_ref().map(|kept| kept.hash.clone());
        let kept = against.clone();
        let known = self.work(move || kept.is_some_and(|hash| password::verify(&old, &hash))).await?;
        if !known {
            self.engine.wrong_present_password(id, rules).await?;
            let wrong = Finding::new("/old", "原密码不正确 is not the present password");
            return Err(Rejected::Findings(vec![wrong]).into());
        }
        let checked = self.work(move || {
            let findings = password::check(&new, &person, &rules);
            if !findings.is_empty() {
                return Err(findings);
            }
            password::hash(&new).map_err(|error| vec![Finding::new("/new", error.to_string())])
        });
        let hash = checked.await?.map_err(Rejected::Findings)?;
        self.engine.set_password(id, (against, hash), session, self.rules().clone()).await
    }

    /// Begins a second factor: gives its secret and its address for an authenticator app, both shown once. Where one is set up, it
    /// stays until the new one is proved, and a `code` of it is shown first.
    ///
    /// # Errors
    /// [`Rejected::Findings`] where one is set up and the code is not its own.
    pub async fn begin_second_factor(
        &self,
        id: PersonId,
        number: &str,
        code: &str,
    ) -> Result<(String, String), InputError> {
        let person = self.person(id).await?;
        let present = person.second_factor.filter(|factor| factor.is_proved);
        let step = present.and_then(|factor| second_factor::step_of(code, &factor.secret, self.clock.now()));
        let secret = second_factor::new_secret();
        let new = NewFactor { secret: secret.clone(), step, rules: self.rules().clone() };
        self.engine.set_second_factor(id, new).await?;
        let address = second_factor::address(&secret, &self.settings.instance, number);
        Ok((secret, address))
    }

    /// Proves a second factor by a code.
    ///
    /// # Errors
    /// [`Rejected::Findings`] where the code is wrong, [`Rejected::NotNow`] where none is to be proved.
    pub async fn prove_second_factor(&self, id: PersonId, code: &str) -> Result<(), InputError> {
        let factor = self.person(id).await?.second_factor;
        let to_prove = factor.as_ref().and_then(|factor| factor.to_prove()).ok_or_else(|| {
            Rejected::NotNow("没有待验证的动态口令 there is no second factor to be proved".to_owned())
        })?;
        let step = second_factor::step_of(code, to_prove, self.clock.now()).ok_or_else(|| {
            let detail = "动态口令不正确 the code is wrong; check the clock of the device";
            Rejected::Findings(vec![Finding::new("/code", detail)])
        })?;
        self.engine.prove_second_factor(id, to_prove.to_owned(), step).await
    }
}
