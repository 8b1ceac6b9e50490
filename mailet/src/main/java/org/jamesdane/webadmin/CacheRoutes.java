/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.inject.Inject;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.AnchorsStatus;
import org.jamesdane.dns.validating.TrustAnchor;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorStatus;
import org.jamesdane.james.DaneEngine;

/** Operations on what the validator trusts and keeps. */
final class CacheRoutes implements RouteGroup {
    private static final String DOMAIN = "domain";

    private final ValidatingDns dns;
    private final String node;

    @Inject
    CacheRoutes(DaneEngine engine) {
        this(engine.dns(), engine.events().node());
    }

    CacheRoutes(ValidatingDns dns, String node) {
        this.dns = dns;
        this.node = node;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
            Endpoint.get("/trust-anchors", this::trustAnchors),
            Endpoint.get("/cache/statistics", this::statistics),
            Endpoint.delete("/cache", this::flushAll),
            Endpoint.delete("/cache/:" + DOMAIN, this::flush));
    }

    /** Of this node alone: each node watches the roll-overs by itself. */
    private Reply trustAnchors(Call call) {
        AnchorsStatus status = dns.status().trustAnchors();
        Map<String, Object> tree = Reply.Json.treeOfNode(node);
        tree.put("managed", status.managed());
        tree.put("trustAnchors", status.anchors().stream().filter(each -> each.state().isTrusted()).map(CacheRoutes::tree).toList());
        // Apart, so that nobody takes a key that waits or is revoked for an anchor.
        tree.put("otherKeys", status.anchors().stream().filter(each -> !each.state().isTrusted()).map(CacheRoutes::tree).toList());
        status.journal().ifPresent(journal -> tree.put("journal", tree(journal)));
        tree.put("problems", status.warnings());
        return new Reply.Json(tree);
    }

    private static Map<String, Object> tree(AnchorsStatus.Journal journal) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("file", journal.place());
        tree.put("failed", journal.failed());
        tree.put("earlierRevocations", journal.fresh() ? "unknown" : "known");
        return tree;
    }

    private static Map<String, Object> tree(AnchorsStatus.Anchor shown) {
        TrustAnchor anchor = shown.anchor();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("zone", anchor.zone().toString());
        tree.put("keyTag", anchor.keyTag());
        tree.put("algorithm", anchor.algorithm());
        tree.put("digestType", anchor.digestType());
        tree.put("digest", anchor.digest());
        tree.put("state", shown.state().word());
        tree.put("source", shown.source().word());
        shown.seen().ifPresent(seen -> {
            tree.put("firstSeen", seen.first().toString());
            tree.put("lastSeen", seen.last().toString());
            tree.put("changed", seen.changed().toString());
        });
        shown.holdDownEnd().ifPresent(end -> tree.put("holdDownEnd", end.toString()));
        return tree;
    }

    private Reply statistics(Call call) {
        ValidatorStatus status = dns.status();
        ValidatorStatus.Work work = status.work();
        Map<String, Object> tree = Reply.Json.treeOfNode(node);
        tree.put("answers", work.cachedAnswers());
        tree.put("zones", work.cachedZones());
        tree.put("questions", work.questions());
        tree.put("queries", work.queries());
        tree.put("signatures", work.signatures());
        ValidatorStatus.Comparison comparison = status.comparison();
        tree.put("compared", comparison.compared());
        tree.put("doubtedSecure", comparison.secureDoubted());
        tree.put("doubtedInsecure", comparison.insecureDoubted());
        tree.put("doubtedBogus", comparison.bogusDoubted());
        return new Reply.Json(tree);
    }

    private Reply flushAll(Call call) {
        dns.flush(DomainName.ROOT);
        return new Reply.NoContent();
    }

    private Reply flush(Call call) {
        dns.flush(call.domain(DOMAIN));
        return new Reply.NoContent();
    }
}
