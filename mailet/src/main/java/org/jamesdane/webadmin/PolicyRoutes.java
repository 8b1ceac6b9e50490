/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.inject.Inject;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;

/** Operations on what single domains are held to instead of the default. */
final class PolicyRoutes implements RouteGroup {
    private static final String DOMAIN = "domain";
    private static final String PATH = "/policies/:" + DOMAIN;
    private static final int DEFAULT_LIMIT = 1000;
    private static final int MAX_LIMIT = 10_000;
    private static final int MAX_NAME = 40;

    private final OperatorSettings settings;
    private final InstantSource clock;

    @Inject
    PolicyRoutes(DaneEngine engine) {
        this(engine.settings(), engine.clock());
    }

    PolicyRoutes(OperatorSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
            Endpoint.get("/policies", this::list, "limit", "after"),
            Endpoint.get(PATH, this::show),
            Endpoint.put(PATH, this::put),
            Endpoint.delete(PATH, this::delete, SettingFields.OWNER, SettingFields.REASON));
    }

    private Reply list(Call call) {
        int limit = call.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        String after = call.parameter("after").orElse("");
        Collection<Setting> all = settings.entries(SettingKind.POLICY);
        List<Map<String, Object>> shown = all.stream().filter(entry -> entry.key().compareTo(after) > 0).limit(limit)
            .map(entry -> SettingFields.tree(entry, DOMAIN)).toList();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("default", select(DomainName.ROOT).policy().toString());
        tree.put("total", all.size());
        tree.put("policies", shown);
        return new Reply.Json(tree);
    }

    private PolicySelection select(DomainName domain) {
        return settings.policies().select(new NextHop.Domain(domain, NextHop.SMTP_PORT, false), clock.instant());
    }

    private Reply show(Call call) {
        String key = SettingFields.key(SettingKind.POLICY, call.path(DOMAIN));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(DOMAIN, key);
        if (!key.startsWith(".")) {
            PolicySelection applies = select(DomainName.of(key));
            tree.put("applies", Map.of("policy", applies.policy().toString(), "source", applies.source()));
        }
        return SettingFields.show(tree, settings, SettingKind.POLICY, DOMAIN, () -> "No policy is set for " + key + ", and none was."
            + (key.startsWith(".") ? "" : " What applies is " + described(select(DomainName.of(key))) + "."));
    }

    private static String described(PolicySelection selection) {
        return selection.policy() + " (" + selection.source() + ")";
    }

    private Reply put(Call call) {
        String key = SettingFields.key(SettingKind.POLICY, call.path(DOMAIN));
        Instant now = clock.instant();
        JsonFields body = call.body();
        String policy = body.requiredText("policy", MAX_NAME);
        String reason = body.requiredText("reason", Setting.MAX_REASON);
        String owner = body.requiredText("owner", Setting.MAX_OWNER);
        Optional<Instant> expiry = SettingFields.expiryUnlessPermanent(body, now, "A policy");
        return SettingFields.put(settings, call, () -> new Setting(SettingKind.POLICY, key, policy, reason, owner, expiry, now));
    }

    private Reply delete(Call call) {
        String key = SettingFields.key(SettingKind.POLICY, call.path(DOMAIN));
        return SettingFields.remove(settings, call, SettingKind.POLICY, key);
    }
}
