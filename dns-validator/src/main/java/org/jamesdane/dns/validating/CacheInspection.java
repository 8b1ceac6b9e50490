/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Shows what the caches hold. */
final class CacheInspection {
    private CacheInspection() {
    }

    static List<CachedAnswer> answers(Map<Question, AnswerCache.Entry> entries) {
        return entries.entrySet().stream().map(entry -> answer(entry.getKey(), entry.getValue())).toList();
    }

    private static CachedAnswer answer(Question question, AnswerCache.Entry entry) {
        if (entry instanceof AnswerCache.Entry.Answered answered) {
            Answer answer = answered.answer();
            String outcome = switch (answer.kind()) {
                case FOUND -> answer.records().size() + " records";
                case ALIAS -> "alias of " + answer.target().orElseThrow();
                case NO_DATA -> "no data";
                case NX_DOMAIN -> "no such name";
            };
            return new CachedAnswer(WireNames.fromWire(question.name()), Type.string(question.type()), outcome,
                Optional.of(answer.proof()), answer.expiry());
        }
        LookupFailure failure = ((AnswerCache.Entry.Failed) entry).failure();
        return new CachedAnswer(WireNames.fromWire(question.name()), Type.string(question.type()),
            failure.reason().name().toLowerCase(Locale.ROOT) + ": " + failure.text(), Optional.empty(), entry.expiry());
    }

    static List<CachedAnswer.Zone> zones(Map<Name, ZoneStatus> steps) {
        return steps.entrySet().stream().map(entry -> zone(entry.getKey(), entry.getValue())).toList();
    }

    private static CachedAnswer.Zone zone(Name name, ZoneStatus step) {
        if (step instanceof SecureZone secure) {
            return new CachedAnswer.Zone(WireNames.fromWire(name), "secure", secure.keys().stream().map(ZoneKey::tag).toList(),
                secure.chain(), step.expiry());
        } else if (step instanceof InsecureZone insecure) {
            return new CachedAnswer.Zone(WireNames.fromWire(name), "insecure", List.of(), insecure.proof().chain(), step.expiry());
        }
        return new CachedAnswer.Zone(WireNames.fromWire(name), "part of the zone above", List.of(), List.of(), step.expiry());
    }
}
