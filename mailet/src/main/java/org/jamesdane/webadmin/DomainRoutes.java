/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.inject.Inject;

import org.jamesdane.dane.NextHop;
import org.jamesdane.dane.PolicySelection;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;

/** What mail to one domain is held to, and why. */
final class DomainRoutes implements RouteGroup {
    private static final String DOMAIN = "domain";

    private final DaneEngine engine;

    @Inject
    DomainRoutes(DaneEngine engine) {
        this.engine = engine;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get("/domains/:" + DOMAIN, this::explain));
    }

    private Reply explain(Call call) {
        DomainName domain = call.domain(DOMAIN);
        PolicySelection selection = engine.policies().select(new NextHop.Domain(domain, NextHop.SMTP_PORT, false),
            engine.clock().instant());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("domain", domain.toString());
        tree.put("policy", Map.of("name", selection.policy().toString(), "source", selection.source()));
        return new Reply.Json(tree);
    }
}
