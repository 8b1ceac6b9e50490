/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.NegativeTrustAnchor;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the validator's negative trust anchors as the store has them, whichever node has set them. Has the store forget what the validator
 * has ended because the zone validates again (RFC 7646 §4).
 */
final class NegativeTrustAnchorSync {
    private static final Logger LOGGER = LoggerFactory.getLogger(NegativeTrustAnchorSync.class);

    private final ValidatingDns dns;

    private NegativeTrustAnchorSync(ValidatingDns dns) {
        this.dns = dns;
    }

    /** Links settings and validator; to be called before the settings are read for the first time. */
    static void between(OperatorSettings settings, ValidatingDns dns) {
        NegativeTrustAnchorSync sync = new NegativeTrustAnchorSync(dns);
        settings.onChange(sync::changed);
        dns.onNegativeTrustAnchorEnded(ended -> settings.recovered(ended.zone().toString(), ended.expiry()));
    }

    private void changed(SettingKind kind, Set<String> keys, Collection<Setting> now) {
        if (kind != SettingKind.NEGATIVE_TRUST_ANCHOR) {
            return;
        }
        Map<DomainName, NegativeTrustAnchor> wanted = now.stream().flatMap(entry -> anchor(entry).stream())
            .collect(Collectors.toMap(NegativeTrustAnchor::zone, each -> each));
        Map<DomainName, NegativeTrustAnchor> present = new HashMap<>();
        List.copyOf(dns.negativeTrustAnchors()).forEach(each -> present.put(each.zone(), each));
        present.keySet().stream().filter(zone -> !wanted.containsKey(zone)).forEach(dns::removeNegativeTrustAnchor);
        wanted.values().stream().filter(each -> !each.equals(present.get(each.zone()))).forEach(this::put);
    }

    private static Optional<NegativeTrustAnchor> anchor(Setting entry) {
        return entry.expiry().map(expiry -> new NegativeTrustAnchor(DomainName.of(entry.key()), expiry, entry.reason()));
    }

    private void put(NegativeTrustAnchor anchor) {
        try {
            dns.putNegativeTrustAnchor(anchor);
        } catch (IllegalArgumentException e) {
            // Its time may be over by now; the settings end it by themselves.
            LOGGER.warn("A negative trust anchor of the store does not apply: {}", e.getMessage());
        }
    }
}
