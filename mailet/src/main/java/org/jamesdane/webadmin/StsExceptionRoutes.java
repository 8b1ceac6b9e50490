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

/** Operations on domains whose MTA-STS policies are not followed, or only reported, because they are broken. */
final class StsExceptionRoutes implements RouteGroup {
    private static final String DOMAIN = "domain";
    private static final String LIST = "/mta-sts-exceptions";
    private static final String PATH = LIST + "/:" + DOMAIN;
    private static final SettingKind KIND = SettingKind.MTA_STS_EXCEPTION;
    private static final int MAX_WORD = 40;

    private final OperatorSettings settings;
    private final InstantSource clock;

    @Inject
    StsExceptionRoutes(DaneEngine engine) {
        this(engine.settings(), engine.clock());
    }

    StsExceptionRoutes(OperatorSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
            Endpoint.get(LIST, this::list),
            Endpoint.get(PATH, this::show),
            Endpoint.put(PATH, this::put),
            Endpoint.delete(PATH, this::delete, SettingFields.OWNER, SettingFields.REASON));
    }

    private Reply list(Call call) {
        return new Reply.Json(Map.of("exceptions",
            settings.entries(KIND).stream().map(entry -> SettingFields.tree(entry, DOMAIN)).toList()));
    }

    private Reply show(Call call) {
        String domain = SettingFields.key(KIND, call.path(DOMAIN));
        Optional<Setting> entry = settings.find(KIND, domain);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(DOMAIN, domain);
        entry.ifPresent(set -> tree.put("set", SettingFields.tree(set, DOMAIN)));
        settings.findEnded(KIND, domain).ifPresent(over -> tree.put("ended", SettingFields.tree(over, DOMAIN)));
        if (!SettingFields.addHistory(tree, settings, KIND, domain, DOMAIN) && entry.isEmpty()) {
            throw Refusal.notFound("There is no MTA-STS exception for " + domain + ", and there was none.");
        }
        return SettingFields.shown(tree, entry);
    }

    private Reply put(Call call) {
        String domain = SettingFields.key(KIND, call.path(DOMAIN));
        Instant now = clock.instant();
        JsonFields body = call.body();
        String mode = body.requiredText("mode", MAX_WORD);
        String reason = body.requiredText("reason", Setting.MAX_REASON);
        String owner = body.requiredText("owner", Setting.MAX_OWNER);
        Optional<Instant> expiry = SettingFields.expiry(body, now);
        boolean permanent = body.flag("permanent");
        body.refuseOthers();
        if (permanent == expiry.isPresent()) {
            throw Refusal.badRequest(permanent ? "An expiry and \"permanent\": true exclude each other."
                : "An MTA-STS exception needs an end: give expiry (a time), lifetime (such as \"2 days\"), or say \"permanent\": true.");
        }
        return SettingFields.put(settings, call, () -> new Setting(KIND, domain, mode, reason, owner, expiry, now));
    }

    private Reply delete(Call call) {
        return SettingFields.remove(settings, call, KIND, SettingFields.key(KIND, call.path(DOMAIN)));
    }
}
