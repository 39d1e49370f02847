//! The document in the part of JSON Schema that the makers of clients read: words as `enum`, pairs as arrays of two, no
//! default beside a reference, a name for each variant of a union, and nothing that no endpoint uses.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::names::{SCHEMAS, pascal};
use super::variants::name_variants;

type Fields = Map<String, Value>;

/// Rewrites a document. It says the same afterwards.
pub(super) fn make_portable(document: &mut Value) {
    each_schema(document, &mut |schema| {
        plain_words(schema);
        pair(schema);
        words(schema);
        plain_default(schema);
    });
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        name_variants(schemas);
        *schemas =
            std::mem::take(schemas).into_iter().map(|(name, schema)| (pascal(&name), schema)).collect();
    }
    each_reference(document, &mut |reference| {
        if let Some(name) = reference.strip_prefix(SCHEMAS) {
            *reference = format!("{SCHEMAS}{}", pascal(name));
        }
    });
    drop_unused(document);
}

/// Calls with every object of the document but maps from names of properties, inner ones first.
fn each_schema(value: &mut Value, change: &mut impl FnMut(&mut Fields)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, change)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::Object(named) if name == "properties" => {
                        named.values_mut().for_each(|property| each_schema(property, change));
                    }
                    _ => each_schema(field, change),
                }
            }
            change(fields);
        }
        _ => {}
    }
}

/// Calls with every reference and every target of a discriminator.
fn each_reference(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_reference(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_reference(field, change)),
        Value::String(text) if text.starts_with(SCHEMAS) => change(text),
        _ => {}
    }
}

/// Descriptions without the links of Rust's documentation.
fn plain_words(schema: &mut Fields) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace("[`", "`").replace("`]", "`");
    }
}

/// A tuple of the same thing several times as an array of so many.
fn pair(schema: &mut Fields) {
    let tuple =
        ["prefixItems", "items"].into_iter().find(|key| schema.get(*key).is_some_and(Value::is_array));
    let Some(Value::Array(items)) = tuple.and_then(|key| schema.remove(key)) else { return };
    let count = items.len();
    let mut kinds: Vec<Value> = Vec::new();
    for item in items {
        if !kinds.contains(&item) {
            kinds.push(item);
        }
    }
    let one = if kinds.len() == 1 { kinds.remove(0) } else { json!({ "anyOf": kinds }) };
    schema.remove("additionalItems");
    schema.insert("items".to_owned(), one);
    schema.insert("minItems".to_owned(), json!(count));
    schema.insert("maxItems".to_owned(), json!(count));
}

/// The words that a variant stands for, with what is said about them; nothing where it is more than words.
fn words_of(variant: &Value) -> Option<(Vec<Value>, Option<String>)> {
    if variant.get("type") != Some(&json!("string")) {
        return None;
    }
    let words = match (variant.get("const"), variant.get("enum")) {
        (Some(word), _) => vec![word.clone()],
        (None, Some(Value::Array(words))) => words.clone(),
        _ => return None,
    };
    let about = variant.get("description").and_then(Value::as_str);
    let first = words.first().and_then(Value::as_str).unwrap_or_default();
    let about = about.map(|about| format!("* `{first}`: {}", about.replace('\n', " ")));
    Some((words, about))
}

/// A choice between words as an `enum`; what is said about each word goes into the description.
fn words(schema: &mut Fields) {
    let Some(Value::Array(variants)) = schema.get("oneOf") else { return };
    let (mut all, mut about, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for variant in variants {
        match words_of(variant) {
            Some((words, said)) => {
                all.extend(words);
                about.extend(said);
            }
            None => others.push(variant.clone()),
        }
    }
    if all.is_empty() {
        return;
    }
    if !about.is_empty() {
        let own = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let text = format!("{own}\n\n{}", about.join("\n")).trim().to_owned();
        schema.insert("description".to_owned(), Value::String(text));
    }
    if others.is_empty() {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), Value::Array(all));
    } else {
        others.insert(0, json!({ "type": "string", "enum": all }));
        schema.insert("oneOf".to_owned(), Value::Array(others));
    }
}

/// A default beside a reference as words. One that is null or an empty object says no more than that the field is optional.
fn plain_default(schema: &mut Fields) {
    if !["$ref", "allOf", "anyOf", "oneOf"].into_iter().any(|key| schema.contains_key(key)) {
        return;
    }
    let Some(default) = schema.remove("default") else { return };
    if default.is_null() || default == json!({}) {
        return;
    }
    let own = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let word = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
    let text = format!("{own} The default is `{word}`.").trim().to_owned();
    schema.insert("description".to_owned(), Value::String(text));
}

/// Leaves only the schemas that an endpoint leads to.
fn drop_unused(document: &mut Value) {
    let Some(mut schemas) = document.pointer_mut("/components/schemas").map(Value::take) else { return };
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut pending: Vec<String> = Vec::new();
    each_reference(document, &mut |target| pending.push(target.clone()));
    while let Some(target) = pending.pop() {
        let name = target.strip_prefix(SCHEMAS).unwrap_or_default().to_owned();
        if let (Some(schema), true) = (schemas.get_mut(&name), used.insert(name)) {
            each_reference(schema, &mut |target| pending.push(target.clone()));
        }
    }
    if let Value::Object(all) = &mut schemas {
        all.retain(|name, _| used.contains(name));
    }
    document["components"]["schemas"] = schemas;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn portable(schemas: Value) -> Value {
        let uses: Vec<Value> = schemas
            .as_object()
            .expect("schemas")
            .keys()
            .map(|name| json!({ "$ref": format!("{SCHEMAS}{name}") }))
            .collect();
        let mut document = json!({ "paths": { "/x": { "schema": { "anyOf": uses } } }, "components": { "schemas": schemas } });
        make_portable(&mut document);
        document["components"]["schemas"].take()
    }

    #[test]
    fn a_choice_of_words_is_an_enum_that_keeps_what_is_said_of_each() {
        let made = portable(json!({ "Colour": { "description": "A colour.", "oneOf": [
            { "type": "string", "const": "red", "description": "Like [`Blood`]." },
            { "type": "string", "enum": ["blue", "green"] },
        ] } }));
        let text = "A colour.\n\n* `red`: Like `Blood`.";
        let right = json!({ "description": text, "type": "string", "enum": ["red", "blue", "green"] });
        assert_eq!(made["Colour"], right);
    }

    #[test]
    fn words_beside_an_object_stay_a_choice() {
        let object = json!({ "type": "object", "properties": { "of": { "type": "integer" } } });
        let made = portable(json!({ "Kind": { "oneOf": [{ "type": "string", "const": "any" }, object] } }));
        assert_eq!(
            made["Kind"]["oneOf"],
            json!([{ "type": "string", "enum": ["any"] }, { "$ref": "#/components/schemas/KindOf" }])
        );
        assert_eq!(made["KindOf"], object);
    }

    #[test]
    fn tuples_are_arrays_of_so_many() {
        let day = json!({ "type": "string", "format": "date" });
        let made = portable(json!({ "A": { "type": "array", "items": [day, day], "additionalItems": false },
            "B": { "type": "array", "prefixItems": [day, { "type": "integer" }, day] } }));
        assert_eq!(made["A"], json!({ "type": "array", "items": day, "minItems": 2, "maxItems": 2 }));
        let either = json!({ "anyOf": [day, { "type": "integer" }] });
        assert_eq!(made["B"], json!({ "type": "array", "items": either, "minItems": 3, "maxItems": 3 }));
    }

    #[test]
    fn a_default_beside_a_reference_is_told_in_words_and_a_property_may_be_called_default() {
        let made = portable(json!({ "A": { "type": "object", "properties": {
            "default": { "description": "One.", "$ref": "#/components/schemas/B", "default": "largest" },
            "none": { "anyOf": [{ "$ref": "#/components/schemas/B" }, { "type": "null" }], "default": null },
            "plain": { "type": "string", "default": "x" },
        } }, "B": { "type": "string" } }));
        let properties = &made["A"]["properties"];
        let told =
            json!({ "description": "One. The default is `largest`.", "$ref": "#/components/schemas/B" });
        assert_eq!(properties["default"], told);
        assert!(properties["none"].get("default").is_none());
        assert_eq!(properties["plain"]["default"], "x");
    }

    #[test]
    fn a_variant_that_is_a_schema_and_a_tag_gets_a_name_and_all_of_its_fields() {
        let made = portable(json!({
            "Thing": { "oneOf": [
                { "type": "object", "properties": { "kind": { "type": "string", "const": "small_boat" } },
                  "allOf": [{ "$ref": "#/components/schemas/Boat" }], "required": ["kind"] },
                { "type": "object", "properties": { "kind": { "type": "string", "const": "car" } }, "required": ["kind"] },
            ] },
            "Boat": { "type": "object", "properties": { "sail": { "type": "boolean" } }, "required": ["sail"],
                "additionalProperties": false },
        }));
        assert_eq!(made["Thing"]["oneOf"][0], json!({ "$ref": "#/components/schemas/ThingSmallBoat" }));
        assert_eq!(made["Thing"]["discriminator"]["mapping"]["car"], "#/components/schemas/ThingCar");
        let boat = &made["ThingSmallBoat"];
        assert_eq!(
            (&boat["required"], &boat["additionalProperties"]),
            (&json!(["kind", "sail"]), &json!(false))
        );
        assert!(boat["properties"]["sail"].is_object() && boat.get("allOf").is_none(), "{boat}");
    }

    #[test]
    fn what_no_endpoint_leads_to_is_left_out_and_names_are_in_capitals() {
        let mut document = json!({
            "paths": { "/x": { "schema": { "$ref": "#/components/schemas/Fact_string" } } },
            "components": { "schemas": {
                "Fact_string": { "properties": { "more": { "$ref": "#/components/schemas/Inner" } } },
                "Inner": { "type": "string" }, "Lost": { "$ref": "#/components/schemas/Lost2" }, "Lost2": {},
            } },
        });
        make_portable(&mut document);
        let names: Vec<&String> =
            document["components"]["schemas"].as_object().expect("schemas").keys().collect();
        assert_eq!(names, ["FactString", "Inner"]);
        assert_eq!(document["paths"]["/x"]["schema"]["$ref"], "#/components/schemas/FactString");
    }
}
