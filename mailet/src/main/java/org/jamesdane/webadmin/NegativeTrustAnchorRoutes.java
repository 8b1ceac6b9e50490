/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.inject.Inject;

import org.jamesdane.james.DaneEngine;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;

/**
 * Operations on negative trust anchors: zones taken as insecure for a time because their DNSSEC is broken, within the limits of RFC 7646.
 */
final class NegativeTrustAnchorRoutes implements RouteGroup {
    private static final String ZONE = "zone";
    private static final String PATH = "/negative-trust-anchors/:" + ZONE;
    private static final SettingKind KIND = SettingKind.NEGATIVE_TRUST_ANCHOR;

    private final OperatorSettings settings;
    private final InstantSource clock;

    @Inject
    NegativeTrustAnchorRoutes(DaneEngine engine) {
        this(engine.settings(), engine.clock());
    }

    NegativeTrustAnchorRoutes(OperatorSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
            Endpoint.get("/negative-trust-anchors", this::list),
            Endpoint.get(PATH, this::show),
            Endpoint.put(PATH, this::put),
            Endpoint.delete(PATH, this::delete, SettingFields.OWNER, SettingFields.REASON));
    }

    private Reply list(Call call) {
        return new Reply.Json(Map.of("negativeTrustAnchors", SettingFields.list(settings, KIND, ZONE)));
    }

    private Reply show(Call call) {
        String zone = SettingFields.key(KIND, call.path(ZONE));
        return SettingFields.show(new LinkedHashMap<>(Map.of(ZONE, zone)), settings, KIND, ZONE,
            () -> "There is no negative trust anchor for " + zone + ", and there was none.");
    }

    private Reply put(Call call) {
        String zone = SettingFields.key(KIND, call.path(ZONE));
        Instant now = clock.instant();
        JsonFields body = call.body();
        String reason = body.requiredText("reason", Setting.MAX_REASON);
        String owner = body.requiredText("owner", Setting.MAX_OWNER);
        Optional<Instant> expiry = SettingFields.expiry(body, now);
        if (body.flag("permanent")) {
            // RFC 7646 §4: a negative trust anchor must have an end, within a week.
            throw Refusal.badRequest("A negative trust anchor can't be permanent; it ends within 7 days (RFC 7646). For an internal domain "
                + "without DNSSEC there is dns.insecure-domains in dane.properties.");
        }
        body.refuseOthers();
        if (expiry.isEmpty()) {
            throw Refusal.badRequest("A negative trust anchor needs an end within 7 days: give expiry (a time) or lifetime (such as "
                + "\"2 days\").");
        }
        return SettingFields.put(settings, call, () -> new Setting(KIND, zone, "", reason, owner, expiry, now));
    }

    private Reply delete(Call call) {
        String zone = SettingFields.key(KIND, call.path(ZONE));
        return SettingFields.remove(settings, call, KIND, zone);
    }
}
