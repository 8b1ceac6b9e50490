/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.apache.james.util.DurationParser;
import org.jamesdane.store.OperatorEvent;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingChange;
import org.jamesdane.store.SettingKind;
import org.jamesdane.store.StoreException;
import org.jamesdane.text.PrintableText;

/** Form of an operator's settings as JSON, as far as all kinds have it, and the sentences for what is wrong with them. */
final class SettingFields {
    static final String OWNER = "owner";
    static final String REASON = "reason";
    private static final int MAX_TIME = 64;

    private SettingFields() {
    }

    /** Does something with the store. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws StoreException;
    }

    /** Turns what the store or its rules refuse into answers. */
    static <T> T guarded(Work<T> work) {
        try {
            return work.run();
        } catch (StoreException e) {
            String sentence = e.sentence() + ".";
            throw switch (e.kind()) {
                case REFUSED, DAMAGED -> Refusal.unavailable(sentence);
                case CHANGED -> Refusal.preconditionFailed(sentence);
                case IN_DOUBT -> Refusal.inDoubt(sentence);
            };
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(e.getMessage() + ".");
        }
    }

    /** A key as it is stored; {@code .example.com} is allowed for policies. */
    static String key(SettingKind kind, String text) {
        boolean below = kind == SettingKind.POLICY && text.startsWith(".") && text.length() > 1;
        String name = below ? text.substring(1) : text;
        if (!name.equals(".")) {
            Call.domainName(name);
        }
        return guarded(() -> Setting.normalised(kind, text));
    }

    /** The end that a body names: a time as {@code expiry}, or a duration from now as {@code lifetime}. */
    static Optional<Instant> expiry(JsonFields body, Instant now) {
        Optional<Instant> expiry = body.instant("expiry");
        Optional<String> lifetime = body.text("lifetime", MAX_TIME);
        if (expiry.isPresent() && lifetime.isPresent()) {
            throw Refusal.badRequest("The fields expiry and lifetime are both given; one of them is enough.");
        }
        return expiry.or(() -> lifetime.map(text -> now.plus(duration(text))));
    }

    private static Duration duration(String text) {
        try {
            Duration duration = DurationParser.parse(text);
            if (duration.compareTo(OperatorSettings.MAX_EXCEPTION) <= 0 && !duration.isNegative() && !duration.isZero()) {
                return duration;
            }
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            // The sentence below says it.
        }
        throw Refusal.badRequest("The field lifetime=" + PrintableText.of(text)
            + " is not allowed; it is a duration such as \"12 hours\" or "
            + "\"2 days\".");
    }

    /**
     * The end that a body names, or none if it says {@code permanent}; one of the two it has to say.
     *
     * @param what the entry, as the begin of a sentence
     */
    static Optional<Instant> expiryUnlessPermanent(JsonFields body, Instant now, String what) {
        Optional<Instant> expiry = expiry(body, now);
        boolean permanent = body.flag("permanent");
        body.refuseOthers();
        if (permanent == expiry.isPresent()) {
            throw Refusal.badRequest(permanent ? "An expiry and \"permanent\": true exclude each other."
                : what + " needs an end: give expiry (a time), lifetime (such as \"2 days\"), or say \"permanent\": true.");
        }
        return expiry;
    }

    /** Sets an entry under the conditions of a call, and answers with its tag. */
    static Reply put(OperatorSettings settings, Call call, Supplier<Setting> made) {
        return guarded(() -> {
            Setting entry = made.get();
            settings.put(entry, call.expectation());
            return new Reply.NoContent().tagged(entry.tag());
        });
    }

    /** Removes an entry under the conditions of a call, for the author that it names. */
    static Reply remove(OperatorSettings settings, Call call, SettingKind kind, String key) {
        Optional<String> owner = call.parameter(OWNER);
        Optional<String> reason = call.parameter(REASON);
        if (owner.isPresent() != reason.isPresent()) {
            throw Refusal.badRequest("The query parameters owner and reason belong together; give both or none.");
        }
        guarded(() -> settings.remove(kind, key, call.expectation(),
            owner.map(name -> new OperatorEvent.By(name, reason.orElseThrow()))));
        return new Reply.NoContent();
    }

    /** All entries of a kind. */
    static List<Map<String, Object>> list(OperatorSettings settings, SettingKind kind, String keyName) {
        return settings.entries(kind).stream().map(entry -> tree(entry, keyName)).toList();
    }

    /**
     * Shows what is set for a key, with its tag, what has ended, and what was set before.
     *
     * @param tree the begin of the answer, with the key by its name
     * @param neverSet the sentence to refuse with, if nothing is or was set
     */
    static Reply show(Map<String, Object> tree, OperatorSettings settings, SettingKind kind, String keyName,
            Supplier<String> neverSet) {
        String key = String.valueOf(tree.get(keyName));
        Optional<Setting> entry = settings.find(kind, key);
        entry.ifPresent(set -> tree.put("set", tree(set, keyName)));
        settings.findEnded(kind, key).ifPresent(over -> tree.put("ended", tree(over, keyName)));
        if (!addHistory(tree, settings, kind, key, keyName) && entry.isEmpty()) {
            throw Refusal.notFound(neverSet.get());
        }
        Reply reply = new Reply.Json(tree);
        return entry.map(set -> reply.tagged(set.tag())).orElse(reply);
    }

    static Map<String, Object> tree(Setting entry, String keyName) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(keyName, entry.key());
        if (!entry.value().isEmpty()) {
            tree.put(entry.kind().valueField(), entry.value());
        }
        tree.put("reason", entry.reason());
        tree.put("owner", entry.owner());
        entry.expiry().ifPresentOrElse(expiry -> tree.put("expiry", expiry.toString()), () -> tree.put("permanent", true));
        tree.put("since", entry.since().toString());
        return tree;
    }

    /**
     * Adds what was set for a key before, the newest first. A store that does not answer hides only that: what applies is in memory.
     *
     * @return whether there is, or may be, any
     */
    private static boolean addHistory(Map<String, Object> tree, OperatorSettings settings, SettingKind kind, String key, String keyName) {
        try {
            List<Map<String, Object>> lines = new ArrayList<>(history(settings.history(kind, Optional.of(key)), keyName));
            Collections.reverse(lines);
            tree.put("history", lines);
            return !lines.isEmpty();
        } catch (StoreException e) {
            tree.put("historyUnknown", e.sentence() + ".");
            return true;
        }
    }

    private static List<Map<String, Object>> history(List<SettingChange> changes, String keyName) {
        return changes.stream().map(change -> {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("at", change.at().toString());
            tree.put("action", change.action().toString());
            tree.putAll(tree(change.entry(), keyName));
            return tree;
        }).toList();
    }
}
