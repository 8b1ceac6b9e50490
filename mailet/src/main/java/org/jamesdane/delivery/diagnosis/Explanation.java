/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.routing.Asked;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.trace.DecisionTrace;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.text.JsonText;

/**
 * Diagnosis of a destination from the DNS alone: policy, route, hosts, and the forecast with its evidence.
 *
 * @param nextHop the destination
 * @param time when it was asked
 * @param policy what the destination is held to
 * @param routing its hosts, or why there are none
 * @param hosts what was found of each, in the order in which a delivery tries them
 * @param evidence what was asked and decided
 * @param prospect what becomes of the mail
 */
public record Explanation(NextHop nextHop, Instant time, PolicySelection policy, Routing routing, List<HostFinding> hosts,
        Evidence evidence, Forecast prospect) {
    public Explanation {
        hosts = List.copyOf(hosts);
    }

    /**
     * Evidence for a forecast.
     *
     * @param questions what was asked, with the answers
     * @param trace how it was decided, step by step
     * @param sts the domain's MTA-STS policy
     * @param site name of the hosts whose places the destination shares with others; empty without a route
     */
    public record Evidence(List<Asked> questions, DecisionTrace trace, StsEvidence sts, Optional<String> site) {
        public Evidence {
            questions = List.copyOf(questions);
        }
    }

    /**
     * A signature that ends.
     *
     * @param question what was asked: the type and the name
     * @param link the signature
     */
    public record Ending(String question, Proof.Link link) {
    }

    /** The signature that ends first among all that the answers rest on; empty if nothing is signed. */
    public Optional<Ending> soonestExpiry() {
        return signatures().min(Comparator.comparing(ending -> ending.link().expiration()));
    }

    /** All signatures that the answers rest on. The TXT record of an MTA-STS policy needs none. */
    Stream<Ending> signatures() {
        return evidence.questions().stream().filter(asked -> !asked.type().equals(RecordType.TXT.toString())).flatMap(Explanation::links);
    }

    /** All signatures of an answer and of the aliases before it. */
    private static Stream<Ending> links(Asked asked) {
        Stream<Proof> proofs = Stream.concat(asked.answer().aliases().stream().map(Resolution.AliasStep::proof),
            asked.answer().terminal() instanceof Lookup.Answer<?> answer ? Stream.of(answer.proof()) : Stream.empty());
        String question = asked.type() + " " + asked.answer().name();
        return proofs.flatMap(proof -> proof.chain().stream()).map(link -> new Ending(question, link));
    }

    /** Converts the explanation to maps and lists of texts, numbers and truth values. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("domain", nextHop.toString());
        tree.put("time", time.toString());
        tree.put("prospect", prospect.kind().toString());
        tree.put("sentence", prospect.sentence());
        prospect.reason().ifPresent(reason -> tree.put("code", reason.code().toString()));
        tree.put("policy", Map.of("name", policy.policy().toString(), "source", policy.source()));
        tree.put("route", ExplanationTree.of(routing));
        evidence.site().ifPresent(site -> tree.put("site", site));
        tree.put("mtaSts", evidence.sts().toTree());
        tree.put("hosts", hosts.stream().map(ExplanationTree::of).toList());
        soonestExpiry().ifPresent(ending -> {
            Map<String, Object> soonest = new LinkedHashMap<>(ExplanationTree.of(ending.link()));
            soonest.put("question", ending.question());
            tree.put("soonestExpiry", soonest);
        });
        tree.put("questions", evidence.questions().stream().map(ExplanationTree::of).toList());
        tree.put("trace", evidence.trace().toTree());
        return tree;
    }

    /** Converts the explanation to JSON, in one line. */
    public String toJson() {
        return JsonText.of(toTree());
    }
}
