//! The tables of operations against the contracts.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::service::Contract;

/// The operations that a contract has and ours that are not the same: path and method.
fn difference<C: Contract>(yaml: &str, count: usize) -> Vec<(String, String)> {
    let contract: Value = serde_saphyr::from_str(yaml).unwrap();
    let mut expected = BTreeSet::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, _) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            expected.insert((path.clone(), method.to_uppercase()));
        }
    }
    assert_eq!(expected.len(), count);
    let ours: BTreeSet<_> =
        C::routes().iter().map(|route| (route.path.to_owned(), route.method.to_string())).collect();
    assert_eq!(ours.len(), C::routes().len(), "each stands once");
    expected.symmetric_difference(&ours).cloned().collect()
}

#[test]
fn every_operation_is_where_the_contract_says() {
    let chatwoot = include_str!("../tests/fixtures/openapi/chatwoot.yaml");
    assert_eq!(difference::<crate::chatwoot::Chatwoot>(chatwoot, 20), []);
    let smartsender = include_str!("../tests/fixtures/openapi/smartsender.yaml");
    assert_eq!(difference::<crate::smartsender::SmartSender>(smartsender, 16), []);
    let federation = include_str!("../tests/fixtures/openapi/federation.yaml");
    assert_eq!(difference::<crate::federation::Federation>(federation, 31), []);
}
