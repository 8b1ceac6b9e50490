/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyLookup;
import org.jamesdane.dane.policy.PolicyTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries as the store has them, and those of them that are in force. An entry whose time is over is out of force by the time alone,
 * and in force again should the clock have been wrong. Safe for any number of threads; nothing here waits.
 */
final class SettingsInForce {
    private static final Logger LOGGER = LoggerFactory.getLogger(SettingsInForce.class);

    private final Policy byDefault;
    private final InstantSource clock;
    private final List<OperatorSettings.Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<SettingKind, Map<String, Setting>> stored = Collections.synchronizedMap(new EnumMap<>(SettingKind.class));
    /** Entries as the listeners were told last. */
    @GuardedBy("this")
    private final Map<SettingKind, Map<String, Setting>> told = new EnumMap<>(SettingKind.class);
    /** Taken out of force before the store has removed them. */
    @GuardedBy("this")
    private final Set<Setting> ended = new HashSet<>();
    private volatile PolicyTable policies;

    SettingsInForce(Policy byDefault, InstantSource clock) {
        this.byDefault = byDefault;
        this.clock = clock;
        this.policies = PolicyTable.of(byDefault);
        for (SettingKind kind : SettingKind.values()) {
            stored.put(kind, Map.of());
            told.put(kind, Map.of());
        }
    }

    PolicyLookup policies() {
        return (nextHop, now) -> policies.select(nextHop, now);
    }

    void onChange(OperatorSettings.Listener listener) {
        listeners.add(listener);
    }

    /** All entries, also those whose time is over. */
    Map<String, Setting> stored(SettingKind kind) {
        return Objects.requireNonNull(stored.get(kind));
    }

    /** The entries in force. */
    Collection<Setting> entries(SettingKind kind) {
        Instant now = clock.instant();
        return stored(kind).values().stream().filter(entry -> !entry.endedAt(now)).toList();
    }

    /** Takes all entries of a kind as the store has them. */
    synchronized void apply(SettingKind kind, Collection<Setting> read) {
        Map<String, Setting> next = new TreeMap<>();
        for (Setting entry : read) {
            if (!ended.contains(entry)) {
                next.put(entry.key(), entry);
            }
        }
        if (!next.equals(stored(kind))) {
            stored.put(kind, Collections.unmodifiableMap(next));
            if (kind == SettingKind.POLICY) {
                policies = table(next.values());
            }
        }
        tell(kind);
    }

    /** Takes a change that the store has confirmed. */
    synchronized void replace(SettingKind kind, String key, Optional<Setting> entry) {
        Map<String, Setting> next = new TreeMap<>(stored(kind));
        next.remove(key);
        entry.ifPresent(set -> next.put(key, set));
        apply(kind, next.values());
    }

    /** Takes an entry out of force here and now, whatever the store does. */
    synchronized void end(Setting entry) {
        ended.add(entry);
        apply(entry.kind(), stored(entry.kind()).values());
    }

    /** Forgets entries that have ended and are no longer in the store: nothing has to keep them out any more. */
    synchronized void forget(SettingKind kind, Collection<Setting> read) {
        ended.removeIf(entry -> entry.kind() == kind && !read.contains(entry));
    }

    /** Tells of what the time alone has changed. */
    synchronized void passTime() {
        for (SettingKind kind : SettingKind.values()) {
            tell(kind);
        }
    }

    private synchronized void tell(SettingKind kind) {
        Map<String, Setting> now = new TreeMap<>();
        entries(kind).forEach(entry -> now.put(entry.key(), entry));
        Map<String, Setting> before = Objects.requireNonNull(told.put(kind, now));
        Set<String> keys = new HashSet<>(before.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), now.get(key)));
        if (keys.isEmpty()) {
            return;
        }
        keys.forEach(key -> log(kind, Optional.ofNullable(before.get(key)), Optional.ofNullable(now.get(key)), stored(kind).get(key)));
        listeners.forEach(listener -> tell(listener, kind, keys, now.values()));
    }

    private static void log(SettingKind kind, Optional<Setting> before, Optional<Setting> now, @Nullable Setting present) {
        if (kind == SettingKind.POLICY && present != null && now.isEmpty() && before.filter(present::equals).isPresent()) {
            LOGGER.info("The policy {} for {} has ended, its time is over: what is set for a parent or by default applies",
                present.value(), present.key());
        }
    }

    private static void tell(OperatorSettings.Listener listener, SettingKind kind, Set<String> keys, Collection<Setting> now) {
        try {
            listener.changed(kind, keys, now);
        } catch (Throwable e) {
            LOGGER.error("A change of {} could not be passed on", kind.plural(), e);
        }
    }

    private PolicyTable table(Collection<Setting> all) {
        Map<String, PolicyTable.Rule> rules = new HashMap<>();
        for (Setting entry : all) {
            if (!Policy.isKnown(entry.value())) {
                LOGGER.warn("The policy \"{}\" for {} is not known to this version; {} applies instead", entry.value(), entry.key(),
                    entry.policy());
            }
            rules.put(entry.key(), new PolicyTable.Rule(entry.policy(), entry.expiry()));
        }
        return PolicyTable.of(byDefault, rules);
    }
}
