//! The persons of the demonstration: one for each role, ready to sign in to the console.

use crate::app::people::{Added, PeopleDesk};
use crate::config::{Config, Role};

/// Somebody who works in the console. All of it is invented.
#[derive(Debug)]
pub(super) struct Person {
    /// The role in words.
    pub(super) role: &'static str,
    /// Name 姓名.
    pub(super) name: &'static str,
    /// Staff number 工号.
    pub(super) number: &'static str,
    /// Password, new at each start.
    pub(super) password: String,
}

/// Who there is: role, name, staff number.
const EVERYBODY: [(Role, &str, &str); 6] = [
    (Role::Officer, "查一测", "1001"),
    (Role::Approver, "审二测", "1002"),
    (Role::Supervisor, "督三测", "1003"),
    (Role::Operations, "运四测", "1004"),
    (Role::SecurityAdministrator, "安五测", "1005"),
    (Role::Auditor, "计六测", "1006"),
];

/// Makes everybody known to the store that is configured, before the gateway runs on it.
pub(super) async fn make_ready(config: &Config) -> Result<Vec<Person>, String> {
    let told = |error: crate::app::people::PeopleError| error.to_string();
    let desk = PeopleDesk::open(config).await.map_err(told)?;
    let mut persons = Vec::new();
    for (role, name, number) in EVERYBODY {
        let password: String = uuid::Uuid::new_v4().simple().to_string().chars().take(16).collect();
        let added = Added {
            name: name.to_owned(),
            number: number.to_owned(),
            courts: Vec::new(),
            roles: vec![role.word().to_owned()],
            phone: String::new(),
        };
        if let Err(error) = desk.make_ready(added, &password, "演示 demonstration").await {
            desk.close().await;
            return Err(told(error));
        }
        persons.push(Person { role: role.chinese(), name, number, password });
    }
    desk.close().await;
    Ok(persons)
}
