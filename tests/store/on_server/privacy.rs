//! Personal data stands in bodies that pass the codec, and nowhere else, on a server too.

use super::lost::session;
use crate::on_disk::privacy::{BODIES, fill};
use crate::samples::{ACCOUNT, NAME, NUMBER};
use crate::worlds::{OnServer, World as _};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_on_a_server_hold_no_personal_data_but_in_bodies() {
    let world = OnServer::begin();
    fill(&world.store()).await;
    let admin = session(world.config()).await;
    let columns =
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'";
    let columns = admin.query(columns, &[]).await.expect("columns");
    assert!(columns.len() > 100, "every table is looked at");
    let mut bodies = 0;
    for row in columns {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        if BODIES.contains(&(table.as_str(), column.as_str())) {
            bodies += 1;
            continue;
        }
        let values =
            admin.query(&format!("SELECT CAST({column} AS TEXT) FROM {table}"), &[]).await.expect("values");
        for value in values.iter().filter_map(|row| row.get::<_, Option<String>>(0)) {
            for personal in [NAME, NUMBER, ACCOUNT] {
                assert!(!value.contains(personal), "{table}.{column}: {value}");
                // Bytes are shown in hexadecimal.
                assert!(!value.contains(&hex::encode(personal)), "{table}.{column}: {value}");
            }
        }
    }
    assert_eq!(bodies, BODIES.len(), "the list of bodies is that of the tables");
}
