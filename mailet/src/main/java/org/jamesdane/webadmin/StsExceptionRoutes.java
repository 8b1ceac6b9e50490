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
        return new Reply.Json(Map.of("exceptions", SettingFields.list(settings, KIND, DOMAIN)));
    }

    private Reply show(Call call) {
        String domain = SettingFields.key(KIND, call.path(DOMAIN));
        return SettingFields.show(new LinkedHashMap<>(Map.of(DOMAIN, domain)), settings, KIND, DOMAIN,
            () -> "There is no MTA-STS exception for " + domain + ", and there was none.");
    }

    private Reply put(Call call) {
        String domain = SettingFields.key(KIND, call.path(DOMAIN));
        Instant now = clock.instant();
        JsonFields body = call.body();
        String mode = body.requiredText("mode", MAX_WORD);
        String reason = body.requiredText("reason", Setting.MAX_REASON);
        String owner = body.requiredText("owner", Setting.MAX_OWNER);
        Optional<Instant> expiry = SettingFields.expiryUnlessPermanent(body, now, "An MTA-STS exception");
        return SettingFields.put(settings, call, () -> new Setting(KIND, domain, mode, reason, owner, expiry, now));
    }

    private Reply delete(Call call) {
        return SettingFields.remove(settings, call, KIND, SettingFields.key(KIND, call.path(DOMAIN)));
    }
}
