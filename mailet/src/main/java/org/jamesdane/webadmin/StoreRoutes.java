/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.inject.Inject;

import org.jamesdane.james.DaneEngine;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.SettingKind;

/** Operations on the store of policies and negative trust anchors as a whole. */
final class StoreRoutes implements RouteGroup {
    private static final String PATH = "/store";

    private final OperatorSettings settings;

    @Inject
    StoreRoutes(DaneEngine engine) {
        this(engine.settings());
    }

    StoreRoutes(OperatorSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get(PATH, this::show), Endpoint.action(PATH, "accept-empty", this::acceptEmpty));
    }

    private Reply show(Call call) {
        return new Reply.Json(tree());
    }

    private Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("scope", "this node");
        tree.put("state", settings.knowledge().state().toString());
        tree.put("policies", settings.entries(SettingKind.POLICY).size());
        tree.put("copy", settings.copy().toString());
        settings.problem().ifPresent(problem -> tree.put("problem", problem + "."));
        settings.knowledge().hold().ifPresent(reason -> tree.put("held", reason + "."));
        return tree;
    }

    private Reply acceptEmpty(Call call) {
        if (!SettingFields.guarded(settings::acceptEmpty)) {
            throw Refusal.conflict("There is nothing to confirm: the store has its policies, " + settings.entries(SettingKind.POLICY).size()
                + " of them in force.");
        }
        return new Reply.Json(tree());
    }
}
