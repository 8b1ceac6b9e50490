/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;

import javax.inject.Inject;

import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;
import org.jamesdane.james.MtaSts;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.MxPattern;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsRecord;

/** Operations on the MTA-STS policies that are kept. */
final class StsRoutes implements RouteGroup {
    private static final String DOMAIN = "domain";
    private static final String PATH = "/mta-sts/:" + DOMAIN;
    private static final String MODE = "mode";
    private static final String PROBLEM = "problem";
    private static final String LIMIT = "limit";
    private static final int MAX_LIMIT = 10_000;
    private static final int DEFAULT_LIMIT = 1000;
    /** Each takes a thread of the HTTP server while the DNS, or a policy host, is asked. */
    private static final int MAX_ASKING = 8;

    private final MtaSts sts;
    private final boolean shared;
    private final String node;
    private final InstantSource clock;
    private final Semaphore asking = new Semaphore(MAX_ASKING);

    @Inject
    StsRoutes(DaneEngine engine) {
        this(engine.mtaSts(), engine.isStoreShared(), engine.events().node(), engine.clock());
    }

    /**
     * Takes what it works with.
     *
     * @param shared whether all nodes keep the policies in one database
     */
    StsRoutes(MtaSts sts, boolean shared, String node, InstantSource clock) {
        this.sts = sts;
        this.shared = shared;
        this.node = node;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/mta-sts", this::list, MODE, PROBLEM, LIMIT), Endpoint.get(PATH, this::show),
            Endpoint.delete(PATH, this::forget));
    }

    private Map<String, Object> tree() {
        Map<String, Object> tree = Reply.Json.treeOfNode(node);
        // The policies are those of all nodes that share a database; what failed last is known to the node that tried.
        tree.put("policiesOf", shared ? "all nodes" : "this node");
        tree.put("use", sts.terms().use().toString());
        return tree;
    }

    private Reply list(Call call) {
        Optional<StsPolicy.Mode> mode = call.word(MODE, StsPolicy.Mode.class);
        Predicate<CachedPolicy> problem = problem(call);
        int limit = call.integer(LIMIT, 1, MAX_LIMIT, DEFAULT_LIMIT);
        Map<DomainName, CachedPolicy> all = sts.inForce();
        all.values().removeIf(policy -> mode.filter(wanted -> wanted != policy.policy().mode()).isPresent() || !problem.test(policy));
        Map<String, Object> tree = tree();
        tree.put("total", all.size());
        tree.put("problems", sts.problems());
        tree.put("policies", all.entrySet().stream().limit(limit).map(each -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put(DOMAIN, each.getKey().toString());
            put(one, each.getValue());
            return one;
        }).toList());
        return new Reply.Json(tree);
    }

    private static Predicate<CachedPolicy> problem(Call call) {
        return switch (call.parameter(PROBLEM).orElse("")) {
            case "" -> policy -> true;
            case "true" -> policy -> policy.failingSince().isPresent();
            case "false" -> policy -> policy.failingSince().isEmpty();
            default -> throw Refusal.badRequest("The query parameter problem is true or false.");
        };
    }

    private Reply show(Call call) {
        return asking(() -> of(call.domain(DOMAIN)));
    }

    private Reply forget(Call call) {
        return asking(() -> {
            DomainName domain = call.domain(DOMAIN);
            if (sts.terms().use() == StsDemand.Use.OFF) {
                throw Refusal.conflict("MTA-STS is switched off (policy.mta-sts in dane.properties); nothing is fetched.");
            }
            return switch (sts.forget(domain)) {
                case FORGOTTEN -> of(domain);
                case TOO_SOON -> throw Refusal.conflict("The MTA-STS policy of " + domain + " was fetched less than a minute ago, or is "
                    + "being fetched; try again in a minute. Nothing was forgotten.");
                case UNREADABLE -> throw Refusal.conflict("The kept MTA-STS policies can't be read, so that that of " + domain
                    + " can't be forgotten; GET /dane/mta-sts names the problem.");
            };
        });
    }

    private Reply asking(Supplier<Reply> answer) {
        if (!asking.tryAcquire()) {
            throw Refusal.tooOften(MAX_ASKING + " calls about MTA-STS policies are under way; no more are answered at once.",
                Duration.ofSeconds(1));
        }
        try {
            return answer.get();
        } finally {
            asking.release();
        }
    }

    private Reply of(DomainName domain) {
        Map<String, Object> tree = tree();
        tree.put(DOMAIN, domain.toString());
        tree.put("record", record(sts.record(domain)));
        sts.inForce(domain).ifPresent(kept -> {
            Map<String, Object> policy = new LinkedHashMap<>();
            put(policy, kept);
            policy.put("text", kept.policy().body());
            tree.put("policy", policy);
        });
        sts.lastFailure(domain).ifPresent(failure -> tree.put("lastFailure",
            Map.of("time", failure.at().toString(), "text", failure.text(), "failures", failure.count())));
        return new Reply.Json(tree);
    }

    private static Map<String, Object> record(StsRecord record) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (record instanceof StsRecord.Published published) {
            tree.put("result", "published");
            tree.put("id", published.id());
        } else if (record instanceof StsRecord.Invalid invalid) {
            tree.put("result", "invalid");
            tree.put("text", invalid.text());
        } else if (record instanceof StsRecord.LookupFailed failed) {
            tree.put("result", "lookup-failed");
            tree.put("text", failed.failure().text());
        } else {
            tree.put("result", "absent");
        }
        return tree;
    }

    private void put(Map<String, Object> tree, CachedPolicy kept) {
        Instant now = clock.instant();
        tree.put(MODE, kept.policy().mode().toString());
        tree.put("id", kept.id());
        tree.put("mx", kept.policy().mx().stream().map(MxPattern::toString).toList());
        tree.put("maxAgeSeconds", kept.policy().maxAge().toSeconds());
        tree.put("fetched", kept.fetched().toString());
        tree.put("ageSeconds", Duration.between(kept.fetched(), now).toSeconds());
        tree.put("expires", kept.expires().toString());
        tree.put("refreshAfter", kept.refreshAfter().toString());
        tree.put("used", kept.used().toString());
        kept.failingSince().ifPresent(since -> tree.put("failingSince", since.toString()));
        tree.put("overdue", kept.isOverdue(now));
    }
}
