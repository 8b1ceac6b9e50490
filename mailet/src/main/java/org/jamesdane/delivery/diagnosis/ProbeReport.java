/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.text.JsonText;

/**
 * Result of probing the hosts of a destination.
 *
 * @param explanation what the DNS said before
 * @param total how many addresses are probed altogether
 * @param probes what was found, address by address
 * @param warnings what will break soon, a sentence each
 */
public record ProbeReport(Explanation explanation, int total, List<AddressProbe> probes, List<String> warnings) {
    public ProbeReport {
        probes = List.copyOf(probes);
        warnings = List.copyOf(warnings);
    }

    static ProbeReport of(Explanation explanation, int total, List<AddressProbe> probes, Instant now) {
        return new ProbeReport(explanation, total, probes, Warnings.of(explanation, probes, now));
    }

    /** Prospect of mail, from what the hosts showed. */
    public Forecast prospect() {
        Policy policy = explanation.policy().policy();
        if (total == 0) {
            return explanation.prospect();
        }
        List<AddressProbe> good = probes.stream().filter(probe -> probe.label().isPresent()).toList();
        if (good.isEmpty()) {
            return Forecast.failed(explanation.nextHop(), policy, failures(), explanation.evidence().sts().deferral(tried()));
        }
        Forecast.Kind kind = good.stream().map(probe -> kind(policy, probe)).max(Forecast.Kind::compareTo).orElseThrow();
        boolean audited = AuditRules.finding(policy, failures()).isPresent()
            || StsRules.finding(explanation.evidence().sts().demand(), tried()).isPresent();
        return new Forecast(audited ? Forecast.Kind.UNPROTECTED : kind, sentence(good), Optional.empty());
    }

    private List<HostAttempt> failures() {
        List<HostAttempt> attempts = new ArrayList<>();
        explanation.hosts().forEach(host -> host.failure().map(HostAttempt.Failed::new).ifPresent(attempts::add));
        probes.forEach(probe -> probe.failure().map(HostAttempt.Failed::new).ifPresent(attempts::add));
        return attempts;
    }

    /** The hosts as MTA-STS judges them: those that are not used, and each address that was probed. */
    private List<StsRules.Tried> tried() {
        List<StsRules.Tried> tried = new ArrayList<>();
        for (HostFinding host : explanation.hosts()) {
            StsRules.Decision decision = host.decision().orElseGet(() -> Forecast.notJudged(host.failure().orElseThrow()));
            host.failure().ifPresent(failure -> tried.add(new StsRules.Tried(decision, Optional.of(failure))));
            probes.stream().filter(probe -> probe.host().equals(host.host()))
                .forEach(probe -> tried.add(new StsRules.Tried(decision, probe.failure())));
        }
        return tried;
    }

    private static Forecast.Kind kind(Policy policy, AddressProbe probe) {
        return probe.label().filter(label -> label.compareTo(SecurityLabel.HOST_AUTHENTICATED) < 0 && !probe.requirement().needsTls())
            .map(label -> Forecast.Kind.UNPROTECTED).orElseGet(() -> Forecast.kind(policy, probe.requirement()));
    }

    private String sentence(List<AddressProbe> good) {
        Map<SecurityLabel, List<String>> byLabel = new LinkedHashMap<>();
        good.forEach(probe -> probe.label().ifPresent(label -> byLabel.computeIfAbsent(label, key -> new ArrayList<>())
            .add(probe.shown())));
        List<String> unused = new ArrayList<>();
        explanation.hosts().forEach(host -> host.failure().ifPresent(failure -> unused.add(unused(failure.host(), failure))));
        probes.forEach(probe -> probe.failure().ifPresent(failure -> unused.add(unused(probe.shown(), failure))));
        return "Mail to " + explanation.nextHop() + " goes " + byLabel.entrySet().stream()
            .map(group -> group.getKey() + " to " + String.join(", ", group.getValue())).collect(Collectors.joining(", and "))
            + String.join("", unused) + ".";
    }

    private static String unused(String what, HostFailure failure) {
        return "; " + what + " is not used, " + failure.text();
    }

    /** Converts the report to maps and lists of texts, numbers and truth values. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        Forecast prospect = prospect();
        tree.put("domain", explanation.nextHop().toString());
        tree.put("time", explanation.time().toString());
        tree.put("prospect", prospect.kind().toString());
        tree.put("sentence", prospect.sentence());
        prospect.reason().ifPresent(reason -> tree.put("code", reason.code().toString()));
        tree.put("probed", probes.size());
        tree.put("total", total);
        tree.put("warnings", warnings);
        tree.put("addresses", probes.stream().map(AddressProbe::toTree).toList());
        return tree;
    }

    /** Converts the report to JSON, in one line. */
    public String toJson() {
        return JsonText.of(toTree());
    }
}
