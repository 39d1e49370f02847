//! The variants of a union as schemas with names, told apart by a discriminator where they have one.

use serde_json::{Map, Value, json};

use super::names::{SCHEMAS, pascal};

type Fields = Map<String, Value>;

/// Gives each object that a union has inside itself a name of its own: the union's and the variant's word.
pub(super) fn name_variants(schemas: &mut Fields) {
    let unions: Vec<String> = schemas
        .iter()
        .filter(|(_, schema)| schema.get("oneOf").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    for union in unions {
        let Some(Value::Array(variants)) =
            schemas.get(&union).and_then(|schema| schema.get("oneOf")).cloned()
        else {
            continue;
        };
        let tag = common_tag(&variants);
        let mut mapping = Fields::new();
        let mut named = Vec::new();
        for variant in variants {
            let word = word_of(&variant, tag.as_deref());
            let name = word.as_deref().map(|word| format!("{union}{}", pascal(word)));
            let (Some(name), Some(word)) = (name.filter(|name| !schemas.contains_key(name)), word) else {
                named.push(variant);
                continue;
            };
            let reference = format!("{SCHEMAS}{name}");
            let whole = with_its_base(variant, schemas);
            schemas.insert(name, whole);
            mapping.insert(word, json!(reference));
            named.push(json!({ "$ref": reference }));
        }
        let Some(Value::Object(schema)) = schemas.get_mut(&union) else { continue };
        if let Some(tag) = tag.filter(|_| mapping.len() == named.len()) {
            schema.insert("discriminator".to_owned(), json!({ "propertyName": tag, "mapping": mapping }));
        }
        schema.insert("oneOf".to_owned(), Value::Array(named));
    }
}

/// The property that holds a word in every variant.
fn common_tag(variants: &[Value]) -> Option<String> {
    let first = variants.first()?.get("properties")?.as_object()?;
    let holds_word = |variant: &Value, name: &str| {
        variant.get("properties").and_then(|all| all.get(name)).is_some_and(|one| one.get("const").is_some())
    };
    first.keys().find(|name| variants.iter().all(|variant| holds_word(variant, name))).cloned()
}

/// The word of a variant: its tag's, or the name of its only property.
fn word_of(variant: &Value, tag: Option<&str>) -> Option<String> {
    let properties = variant.get("properties")?.as_object()?;
    match tag {
        Some(tag) => properties.get(tag)?.get("const")?.as_str().map(str::to_owned),
        None => properties.keys().next().filter(|_| properties.len() == 1).cloned(),
    }
}

/// A variant that is another schema and a tag, as one schema: with both apart, a base that forbids what it does not know
/// would forbid the tag.
fn with_its_base(mut variant: Value, schemas: &Fields) -> Value {
    let target = variant.pointer("/allOf/0/$ref").or_else(|| variant.get("$ref")).and_then(Value::as_str);
    let base = target.and_then(|target| schemas.get(target.strip_prefix(SCHEMAS)?));
    let (Some(base), Some(own)) = (base.and_then(Value::as_object), variant.as_object_mut()) else {
        return variant;
    };
    if !base.contains_key("properties") {
        return variant;
    }
    own.retain(|key, _| key != "allOf" && key != "$ref");
    for (key, of_base) in base {
        match (own.get_mut(key), of_base) {
            (Some(Value::Object(mine)), Value::Object(theirs)) => {
                theirs.iter().for_each(|(name, one)| {
                    mine.entry(name.clone()).or_insert_with(|| one.clone());
                });
            }
            (Some(Value::Array(mine)), Value::Array(theirs)) => mine.extend(theirs.iter().cloned()),
            (Some(_), _) => {}
            (None, _) => {
                own.insert(key.clone(), of_base.clone());
            }
        }
    }
    variant
}
