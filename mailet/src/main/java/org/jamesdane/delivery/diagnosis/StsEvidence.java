/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.MxPattern;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;

/**
 * Part of MTA-STS in a diagnosis.
 *
 * @param demand what is demanded of the destination, as far as MTA-STS has a part in it
 * @param discovery the result of the search for its policy
 * @param certificateEnds the end of the time of the policy host's certificate, where this process has fetched the policy
 */
public record StsEvidence(StsDemand demand, StsDiscovery discovery, Optional<Instant> certificateEnds) {

    /** The policy that was found, of any mode. */
    Optional<CachedPolicy> policy() {
        return discovery instanceof StsDiscovery.Found found ? Optional.of(found.kept()) : Optional.empty();
    }

    /** Tests whether mail that MTA-STS alone would hold back goes all the same. */
    boolean isAudited() {
        return demand.auditsSts();
    }

    /** Tests whether MTA-STS alone would hold the mail back, which then goes because it only audits. */
    Optional<AuditRules.Audited> deferral(List<StsRules.Tried> tried) {
        return StsRules.finding(demand, tried).filter(found -> found.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED);
    }

    /** Clause for people. */
    public String text() {
        if (discovery instanceof StsDiscovery.Found found) {
            CachedPolicy kept = found.kept();
            return "policy " + kept.id() + " in mode " + kept.policy().mode()
                + (found.excepted() ? ", which counts as testing by an exception" : "") + ", fetched at " + kept.fetched()
                + ", in force until " + kept.expires();
        }
        return why().orElse("");
    }

    private Optional<String> why() {
        if (discovery instanceof StsDiscovery.NotAsked not) {
            return Optional.of(not.why().toString());
        }
        if (discovery instanceof StsDiscovery.None none) {
            return Optional.of(none.why().toString());
        }
        return discovery instanceof StsDiscovery.Unreadable unreadable ? Optional.of(unreadable.text()) : Optional.empty();
    }

    private String result() {
        return discovery instanceof StsDiscovery.NotAsked ? "not-asked" : discovery instanceof StsDiscovery.None ? "none"
            : discovery instanceof StsDiscovery.Unreadable ? "unreadable" : "found";
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("use", demand.use().toString());
        tree.put("result", result());
        why().ifPresent(text -> tree.put("why", text));
        if (discovery instanceof StsDiscovery.Found found) {
            CachedPolicy kept = found.kept();
            tree.put("id", kept.id());
            tree.put("mode", found.mode().toString());
            tree.put("excepted", found.excepted());
            tree.put("mx", kept.policy().mx().stream().map(MxPattern::toString).toList());
            tree.put("fetched", kept.fetched().toString());
            tree.put("expires", kept.expires().toString());
            certificateEnds.ifPresent(end -> tree.put("certificateEnds", end.toString()));
        }
        return tree;
    }
}
