//! Checks that an incomplete collection is never returned without an error: every collection of the contract, with
//! every signal of completeness, on every page.
//!
//! The collections, their rows, counts, spellings and ways of paging are read from the contract, and their calls from
//! `calls.rs`.

mod collections;

use partner_center_tests::{Contract, Request, Server};
use serde_json::{Value, json};

use self::collections::{ATTEMPTS, Described, Expected, PAGES, chain, check, ok, read, script, spellings};

#[tokio::test]
async fn every_collection_follows_every_spelling() {
    let (contract, server) = (Contract::read(), Server::start());
    let collections = Described::all(&contract);
    assert!(collections.len() >= 10, "{} collections", collections.len());
    for collection in &collections {
        for name in spellings(&contract, "link") {
            let mut pages: Vec<_> =
                (1..).zip(PAGES).map(|(number, rows)| collection.page(number, rows)).collect();
            pages[0][&name] = json!(collection.link(2));
            // An object, as in the links of another part of the service.
            pages[1][&name] = json!({ "uri": collection.link(3), "method": "GET", "headers": [] });
            pages[2][&name] = Value::Null;
            let outcome = check(&server, collection, &name, &script(&pages), Expected::Rows(5, 3)).await;
            assert_eq!(outcome.requests[2].path, collection.path);
            assert_eq!(outcome.requests[2].raw_query.as_deref(), Some("page=3"));
        }
        for name in spellings(&contract, "links") {
            let mut pages: Vec<_> =
                (1..).zip(PAGES).map(|(number, rows)| collection.page(number, rows)).collect();
            pages[0][&name] = json!({ "self": { "uri": "/" }, "next": collection.link(2) });
            let headers = json!([{ "key": "MS-ContinuationToken", "value": "abc" }]);
            pages[1][&name] = json!({ "Next": { "uri": collection.link(3), "headers": headers } });
            pages[2][&name] = json!({ "next": { "method": "GET", "headers": [] } });
            let outcome = check(&server, collection, &name, &script(&pages), Expected::Rows(5, 3)).await;
            assert_eq!(outcome.requests[2].header("ms-continuationtoken"), Some("abc"));
        }
        // Links to the same page in several spellings are one link.
        let mut pages = chain(collection);
        pages[0]["nextLink"] = json!(format!("{}{}", server.base_url(), collection.link(2)));
        pages[0]["links"] = json!({ "next": { "uri": format!("{}#x", collection.link(2)) } });
        check(&server, collection, "three that agree", &script(&pages), Expected::Rows(5, 3)).await;
    }
}

#[tokio::test]
async fn tokens_are_followed_where_they_are_supported() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract) {
        for name in spellings(&contract, "token") {
            let mut pages: Vec<_> =
                (1..).zip(PAGES).map(|(number, rows)| collection.page(number, rows)).collect();
            pages[0][&name] = json!("one");
            pages[1][&name] = json!(2);
            if collection.seeks {
                let outcome = check(&server, &collection, &name, &script(&pages), Expected::Rows(5, 3)).await;
                let sent = outcome.requests.iter().map(|request| request.header("ms-continuationtoken"));
                assert_eq!(sent.collect::<Vec<_>>(), [None, Some("one"), Some("2")]);
            } else {
                check(&server, &collection, &name, &script(&pages[..1]), Expected::Error(0, 1)).await;
            }
        }
    }
}

/// Continuations that are not understood, on the first, a middle and the last page.
#[tokio::test]
async fn a_continuation_that_is_not_understood_is_an_error() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract) {
        for at in 0..3 {
            let mut odd: Vec<(String, Value)> = vec![
                ("nextLink".into(), json!(7)),
                ("nextLink".into(), json!({ "page": 2 })),
                ("NextLink".into(), json!(["/v1/customers"])),
                ("@odata.nextLink".into(), json!(true)),
                ("links".into(), json!({ "next": { "uri": 5 } })),
                ("links".into(), json!({ "next": { "uri": "/x", "method": "POST" } })),
                ("links".into(), json!([{ "rel": "next", "href": "/x" }])),
                ("continuationToken".into(), json!({ "value": "abc" })),
            ];
            if at < 2 {
                odd.push(("nextLink".into(), json!(collection.link(9))));
            }
            if !collection.seeks {
                odd.push((
                    "links".into(),
                    json!({ "next": { "headers": [{ "key": "MS-ContinuationToken", "value": "a" }] } }),
                ));
            }
            for (name, value) in odd {
                let mut pages = chain(&collection);
                if !(name == "nextLink" && value.is_string() || pages[at].get("@nextLink").is_none()) {
                    pages[at].as_object_mut().unwrap().remove("@nextLink");
                }
                pages[at][&name] = value.clone();
                let what = format!("{name} {value} on page {}", at + 1);
                let rows = PAGES[..at].iter().sum();
                check(&server, &collection, &what, &script(&pages[..=at]), Expected::Error(rows, at + 1))
                    .await;
            }
        }
        for nothing in [json!(null), json!(""), json!("  "), json!(false), json!({}), json!({ "uri": null })]
        {
            let mut page = collection.page(1, 1);
            page["nextLink"] = nothing.clone();
            page["links"] = json!({ "next": nothing });
            page["continuationToken"] = Value::Null;
            check(&server, &collection, &format!("{page}"), &[ok(&page)], Expected::Rows(1, 1)).await;
        }
    }
}

/// A page without rows: 204, an empty body, an empty list, each with and without a link, on every page.
#[tokio::test]
async fn an_empty_page_does_not_end_a_collection() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract) {
        let none = collection.page(0, 0);
        let empties = [(204, String::new()), (200, String::new()), (200, none.to_string())];
        for empty in &empties {
            let what = format!("{empty:?}");
            check(&server, &collection, &what, std::slice::from_ref(empty), Expected::Rows(0, 1)).await;
            for at in 1..3 {
                let what = format!("{what} on page {}", at + 1);
                let before = script(&chain(&collection)[..at]);
                let rows = PAGES[..at].iter().sum();
                let stays: Vec<_> = before.iter().cloned().chain(vec![empty.clone(); ATTEMPTS]).collect();
                let outcome =
                    check(&server, &collection, &what, &stays, Expected::Error(rows, at + ATTEMPTS)).await;
                let again = |request: &Request| {
                    (request.raw_query.clone(), request.header("ms-requestid").map(str::to_owned))
                };
                assert_eq!(again(&outcome.requests[at]), again(&outcome.requests[at + 1]), "{what}");

                // A resumed run continues with that page and misses no row.
                if let Some(continuation) = outcome.error.unwrap().continuation() {
                    for (status, body) in &script(&chain(&collection)[at..]) {
                        server.script(*status, body.clone());
                    }
                    let kept = serde_json::from_value(serde_json::to_value(continuation).unwrap()).unwrap();
                    let rest = read(&server, &collection, Some(kept)).await;
                    assert!(rest.error.is_none(), "{what}: {:?}", rest.error);
                    assert_eq!(rows + rest.rows, 5, "{what}");
                }

                let mut passes = before;
                passes.push(empty.clone());
                passes.extend(script(&chain(&collection)[at..]));
                check(&server, &collection, &format!("{what} once"), &passes, Expected::Rows(5, 4)).await;
            }
        }
        // An empty page with a link is followed: immediately on the first page, after a retry on others.
        for at in 0..2 {
            let mut pages = chain(&collection);
            pages[at][&collection.rows] = json!([]);
            let requested = if at == 0 { 3 } else { 2 + ATTEMPTS };
            let mut responses = script(&pages);
            if at > 0 {
                responses.insert(at, responses[at].clone());
            }
            check(
                &server,
                &collection,
                &format!("no rows but a link on page {}", at + 1),
                &responses,
                Expected::Rows(3, requested),
            )
            .await;
        }
    }
}

/// A count of the rows of the page.
#[tokio::test]
async fn a_page_has_as_many_rows_as_it_counts() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract).iter().filter(|it| !it.counts_the_query()) {
        for at in 0..3 {
            let mut pages = chain(collection);
            pages[at].as_object_mut().unwrap().remove("@nextLink");
            let (rows, before) = (PAGES[at], PAGES[..at].iter().sum::<usize>());
            // R: 57 counted, 2 given.
            let responses = |count: usize| {
                let mut pages = pages[..=at].to_vec();
                pages[at] = collection.counting(pages[at].clone(), count);
                script(&pages)
            };
            check(&server, collection, "too few", &responses(57), Expected::Error(before, at + 1)).await;
            check(
                &server,
                collection,
                "too few by one",
                &responses(rows + 1 + before),
                Expected::Error(before, at + 1),
            )
            .await;
            check(&server, collection, "more", &responses(rows - 1), Expected::Rows(before + rows, at + 1))
                .await;
            check(&server, collection, "all", &responses(rows), Expected::Rows(before + rows, at + 1)).await;
        }
        // A count of the page does not end a collection that has a link.
        let pages: Vec<_> = chain(collection).into_iter().map(|page| collection.counting(page, 2)).collect();
        let (last, rest) = pages.split_last().unwrap();
        let responses = [rest, &[collection.counting(last.clone(), 1)]].concat();
        check(&server, collection, "full pages", &script(&responses), Expected::Rows(5, 3)).await;
        // Contrary to the documentation, the count may cover all pages.
        let pages: Vec<_> = chain(collection).into_iter().map(|page| collection.counting(page, 5)).collect();
        check(&server, collection, "counts of all", &script(&pages), Expected::Rows(5, 3)).await;
        let short = collection.counting(collection.page(1, 0), 3);
        check(&server, collection, "none of three", &[ok(&short), ok(&short)], Expected::Error(0, ATTEMPTS))
            .await;
    }
}

/// A count of all rows of the query.
#[tokio::test]
async fn a_query_has_as_many_rows_as_any_page_counts() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract).iter().filter(|it| it.counts_the_query()) {
        assert!(collection.skips, "{}: needs `skip` to request the remaining rows", collection.id);
        // With links: the largest count on any page must be reached.
        for at in 0..3 {
            let counted = |count: usize| {
                let mut pages = chain(collection);
                pages[at] = collection.counting(pages[at].clone(), count);
                script(&pages)
            };
            let what = format!("by links, counted on page {}", at + 1);
            check(&server, collection, &what, &counted(5), Expected::Rows(5, 3)).await;
            check(&server, collection, &what, &counted(4), Expected::Rows(5, 3)).await;
            let outcome = check(&server, collection, &what, &counted(6), Expected::Error(4, 3)).await;
            assert!(
                outcome.requests.iter().all(|request| !request
                    .raw_query
                    .as_deref()
                    .unwrap_or("")
                    .contains("skip"))
            );
            // The continuation keeps the count, so that a resumed query is checked as well.
            if at < 2 {
                let kept = outcome.error.unwrap().continuation().unwrap().clone();
                server.script(200, collection.page(3, 1).to_string());
                let rest = read(&server, collection, Some(kept.clone())).await;
                assert!(rest.error.is_some() && rest.rows == 0, "{what}: resumed, too few rows");
                server.script(200, collection.page(3, 2).to_string());
                let rest = read(&server, collection, Some(kept)).await;
                assert!(rest.error.is_none() && rest.rows == 2, "{what}: {:?}", rest.error);
            }
        }
        // With counts: no links.
        let pages = |counts: [Option<usize>; 3]| -> Vec<Value> {
            let page = |(number, (rows, count)): (usize, (usize, Option<usize>))| {
                let page = collection.page(number, rows);
                count.map_or(page.clone(), |count| collection.counting(page, count))
            };
            (1..).zip(PAGES.into_iter().zip(counts)).map(page).collect()
        };
        for counts in
            [[Some(5); 3], [Some(5), None, None], [None; 3], [Some(2), Some(5), Some(1)], [Some(0); 3]]
        {
            let what = format!("by count {counts:?}");
            if counts[0] == Some(2) {
                // Two rows of two are the whole query.
                check(&server, collection, &what, &script(&pages(counts)[..1]), Expected::Rows(2, 1)).await;
                continue;
            }
            let outcome =
                check(&server, collection, &what, &script(&pages(counts)), Expected::Rows(5, 3)).await;
            let requested: Vec<_> =
                outcome.requests.iter().map(|request| request.raw_query.clone().unwrap()).collect();
            assert_eq!(requested, ["top=2", "skip=2&top=2", "skip=4&top=2"], "{what}");
        }
        // More rows are counted than are sent.
        let none = collection.page(0, 0);
        for empty in [(204, String::new()), (200, String::new()), ok(&none)] {
            for (before, counts) in [(1, [Some(6); 3]), (2, [Some(6); 3]), (3, [Some(6); 3]), (2, [None; 3])]
            {
                let what = format!("by count {counts:?}, {empty:?} after {before}");
                let mut responses = script(&pages(counts)[..before]);
                responses.extend(vec![empty.clone(); ATTEMPTS]);
                let rows = PAGES[..before].iter().sum();
                check(&server, collection, &what, &responses, Expected::Error(rows, before + ATTEMPTS)).await;
            }
        }
        let short = collection.counting(none, 3);
        check(&server, collection, "none of three", &[ok(&short), ok(&short)], Expected::Error(0, ATTEMPTS))
            .await;
        // A last page without rows ends the query if the count is reached.
        let mut linked = chain(collection);
        linked[2] = collection.page(3, 0);
        linked[0] = collection.counting(linked[0].clone(), 4);
        check(&server, collection, "empty at the count", &script(&linked), Expected::Rows(4, 3)).await;
    }
}

/// Paging by link and paging by count are never mixed.
#[tokio::test]
async fn a_query_keeps_its_way_of_paging() {
    let (contract, server) = (Contract::read(), Server::start());
    for collection in Described::all(&contract).iter().filter(|it| it.skips) {
        // By count: the link on the second page only indicates that there is a third.
        let mut pages: Vec<_> =
            (1..).zip(PAGES).map(|(number, rows)| collection.page(number, rows)).collect();
        pages[0] = collection.counting(pages[0].clone(), 4);
        pages[1]["@nextLink"] = json!(collection.link(3));
        let outcome = check(&server, collection, "a link later", &script(&pages), Expected::Rows(5, 3)).await;
        assert_eq!(outcome.requests[2].raw_query.as_deref(), Some("skip=4&top=2"));
        // By link: the count is larger than the number of linked rows.
        let mut pages = chain(collection);
        pages[1].as_object_mut().unwrap().remove("@nextLink");
        pages[1] = collection.counting(pages[1].clone(), 5);
        check(&server, collection, "a link less", &script(&pages[..2]), Expected::Error(2, 2)).await;
    }
}
