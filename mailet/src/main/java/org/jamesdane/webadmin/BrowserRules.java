/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import org.jamesdane.text.PrintableText;

/**
 * The rules for requests that a browser may have sent for somebody else's page. The rules hold while webadmin asks nobody for a token, so
 * that a caller only has to reach it. A page cannot send a token that it does not have.
 *
 * @param hosts names by which webadmin may be called, besides addresses and localhost
 */
record BrowserRules(Set<String> hosts) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    BrowserRules {
        hosts = Set.copyOf(hosts);
    }

    /**
     * Lets a call pass that no page of another origin can have made.
     *
     * @throws Refusal with status 403 otherwise
     */
    void check(SentRequest request, Endpoint.Method method) {
        HostAndPort host = host(request);
        // Fetch Metadata: same-site is another origin, too; none is a person who typed the address.
        request.header("Sec-Fetch-Site").filter(site -> site.equals("cross-site") || site.equals("same-site")).ifPresent(site -> {
            throw refused("Sec-Fetch-Site: " + site + " says that a page of another origin has sent it");
        });
        request.header("Origin").filter(origin -> !isSame(origin, host)).ifPresent(origin -> {
            throw refused("its Origin " + PrintableText.of(origin) + " is not that of its Host " + PrintableText.of(host.toString()));
        });
        // Fetch standard: neither a form nor a script can send these across origins without asking first.
        if (method != Endpoint.Method.GET && !request.mediaType().equals("application/json")
                && request.header("X-Requested-With").isEmpty()) {
            throw refused("it has neither the header \"Content-Type: application/json\" nor \"X-Requested-With\"");
        }
    }

    /** A name that an attacker's DNS points here would make the attacker's page and webadmin one origin. */
    private HostAndPort host(SentRequest request) {
        Optional<HostAndPort> host = request.header("Host").flatMap(BrowserRules::parsed);
        if (host.isEmpty()) {
            throw refused("its Host is missing or none");
        }
        String name = host.get().getHost().toLowerCase(Locale.ROOT);
        if (!InetAddresses.isInetAddress(name) && !name.equals("localhost") && !hosts.contains(name)) {
            throw refused("its Host " + PrintableText.of(name) + " is neither an address nor localhost nor in webadmin.hosts of "
                + "dane.properties");
        }
        return host.get();
    }

    private static Optional<HostAndPort> parsed(String text) {
        try {
            return Optional.of(HostAndPort.fromString(text)).filter(host -> !host.getHost().isEmpty());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isSame(String origin, HostAndPort host) {
        try {
            URI uri = new URI(origin);
            int byDefault = "https".equals(uri.getScheme()) ? HTTPS : HTTP;
            Optional<HostAndPort> named = Optional.ofNullable(uri.getRawAuthority()).flatMap(BrowserRules::parsed);
            return named.filter(each -> each.getHost().equalsIgnoreCase(host.getHost())
                && each.getPortOrDefault(byDefault) == host.getPortOrDefault(byDefault)).isPresent();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static Refusal refused(String why) {
        return Refusal.forbidden("The call is refused, because " + why + ". Without a token (jwt.enabled in webadmin.properties) calls "
            + "are taken only from where no browser sends them for another page.");
    }
}
