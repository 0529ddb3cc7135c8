//! The tables of operations against the OpenAPI files.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::operation::ProductApi;
use crate::route::RouteMatch;
use crate::service::Routes;

/// The operations (path and method) that only one of OpenAPI file and route table has.
fn difference<C: ProductApi>(yaml: &str, count: usize) -> Vec<(String, String)> {
    let openapi: Value = serde_saphyr::from_str(yaml).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, _) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            expected.insert((path.clone(), method.to_uppercase()));
        }
    }
    assert_eq!(expected.len(), count);
    let ours: BTreeSet<_> =
        C::routes().iter().map(|route| (route.path.to_owned(), route.method.to_string())).collect();
    assert_eq!(ours.len(), C::routes().len(), "each route occurs once");
    expected.symmetric_difference(&ours).cloned().collect()
}

#[test]
fn operations_equal_the_openapi_file() {
    let chatwoot = include_str!("../tests/fixtures/openapi/chatwoot.yaml");
    assert_eq!(difference::<crate::chatwoot::Chatwoot>(chatwoot, 55), []);
    let smartsender = include_str!("../tests/fixtures/openapi/smartsender.yaml");
    assert_eq!(difference::<crate::smartsender::SmartSender>(smartsender, 23), []);
    let federation = include_str!("../tests/fixtures/openapi/federation.yaml");
    assert_eq!(difference::<crate::federation::Federation>(federation, 44), []);
}

/// The names of the query parameters of a list of parameters.
fn query_names(openapi: &Value, parameters: &Value) -> BTreeSet<String> {
    let named = |parameter: &Value| match parameter["$ref"].as_str() {
        Some(reference) => openapi.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => parameter.clone(),
    };
    let all = parameters.as_array().into_iter().flatten().map(named);
    all.filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn query_parameters_equal_the_openapi_file() {
    let yaml = include_str!("../tests/fixtures/openapi/federation.yaml");
    let openapi: Value = serde_saphyr::from_str(yaml).unwrap();
    for route in crate::federation::Federation::routes() {
        let item = &openapi["paths"][route.path];
        let method = route.method.as_str().to_lowercase();
        let mut expected = query_names(&openapi, &item["parameters"]);
        expected.extend(query_names(&openapi, &item[&method]["parameters"]));
        if expected.contains("query") && route.path.contains("/contacts/") {
            expected.extend(["before", "after"].map(str::to_owned));
        }
        let known = crate::federation::Federation::query_names(route).unwrap();
        assert_eq!(
            known.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(),
            expected,
            "{}",
            route.path
        );
    }
}

/// Looks up every operation by its path, with a value for each parameter.
fn every_route_is_found<C: ProductApi>() {
    let table = Routes::<C>::new(C::routes());
    for route in C::routes() {
        let parts = route.path.split('/').map(|part| if part.starts_with('{') { "7" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        let Ok(RouteMatch::Found(found, values)) = table.find(&route.method, &path) else {
            panic!("{} {path} is not found", route.method);
        };
        assert!(std::ptr::eq(found, route), "{path} is {}", found.path);
        assert_eq!(values.len(), route.path.matches('{').count(), "{path}");
    }
}

#[test]
fn every_route_is_found_by_its_path() {
    every_route_is_found::<crate::chatwoot::Chatwoot>();
    every_route_is_found::<crate::smartsender::SmartSender>();
    every_route_is_found::<crate::federation::Federation>();
}
