/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

import javax.inject.Inject;

import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.webadmin.WebAdminConfiguration;
import org.apache.james.webadmin.authentication.AuthenticationFilter;
import org.apache.james.webadmin.authentication.NoAuthenticationFilter;
import org.jamesdane.james.DaneEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Check of the callers that webadmin admits, as James is configured. It also keeps the gauge {@code dane.webadmin.open}. */
final class WebadminAccess {
    private static final Logger LOGGER = LoggerFactory.getLogger(WebadminAccess.class);

    private final Optional<BrowserRules> rules;

    @Inject
    WebadminAccess(AuthenticationFilter authentication, WebAdminConfiguration configuration, DaneEngine engine, GaugeRegistry gauges) {
        this(authentication, configuration, engine.webadminHosts(), gauges);
    }

    WebadminAccess(AuthenticationFilter authentication, WebAdminConfiguration configuration, Set<String> hosts, GaugeRegistry gauges) {
        boolean anybody = authentication instanceof NoAuthenticationFilter;
        boolean open = anybody && !isLoopback(configuration.getHost());
        rules = anybody ? Optional.of(new BrowserRules(hosts)) : Optional.empty();
        gauges.register("dane.webadmin.open", () -> open ? 1 : 0);
        if (open) {
            LOGGER.warn("Webadmin listens on {} and asks nobody for a token: whoever reaches it decides whether mail is protected. Set "
                + "jwt.enabled=true in webadmin.properties, or host=127.0.0.1", configuration.getHost());
        }
    }

    /** The rules for browsers; empty where every call needs a token. */
    Optional<BrowserRules> rules() {
        return rules;
    }

    /** Tests whether only this host itself can connect to an address; a name that cannot be resolved fails the test. */
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
