/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dane.routing.MxHost;

/**
 * Result of probing one address of a host.
 *
 * @param requirement what the connection had to be
 * @param address where
 * @param took how long it lasted
 * @param tls what the handshake agreed on; empty without one
 * @param check whether that met the requirement; empty if it did not get that far
 * @param failure why it would not be used; empty if it would
 */
public record AddressProbe(TlsRequirement requirement, InetSocketAddress address, Duration took, Optional<Channel.Tls> tls,
        Optional<ChannelCheck> check, Optional<HostFailure> failure) {
    /** Certificates described; servers send two to four. */
    private static final int MAX_CERTIFICATES = 5;

    /** The host, not expanded. */
    public MxHost host() {
        return requirement.host();
    }

    /** Security label of a delivery there; empty if there would be none. */
    public Optional<SecurityLabel> label() {
        return check.flatMap(each -> each instanceof ChannelCheck.Permitted permitted ? Optional.of(permitted.label()) : Optional.empty());
    }

    /** The certificates, the leaf first. */
    List<PeerCertificate> chain() {
        return tls.map(Channel.Tls::peerChain).orElse(List.of());
    }

    /** Text for sentences: the host and the address. */
    String shown() {
        return host() + " (" + address.getAddress().getHostAddress() + ")";
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("host", host().toString());
        tree.put("address", address.getAddress().getHostAddress());
        tree.put("port", address.getPort());
        tree.put("millis", took.toMillis());
        tree.put("result", label().map(SecurityLabel::toString).orElse("failed"));
        tls.ifPresent(session -> {
            tree.put("tls", session.protocol());
            tree.put("cipher", session.cipherSuite());
            session.strength().group().ifPresent(group -> tree.put("group", group));
            tree.put("key", session.strength().key());
            tree.put("forwardSecrecy", session.strength().forwardSecrecy());
            session.serverName().ifPresent(name -> tree.put("serverName", name));
            tree.put("certificates", session.peerChain().stream().limit(MAX_CERTIFICATES)
                .map(certificate -> CertificateSummary.of(certificate).toTree()).toList());
        });
        check.ifPresent(each -> put(tree, each));
        failure.ifPresent(each -> tree.put("failure", ExplanationTree.of(each)));
        return tree;
    }

    private static void put(Map<String, Object> tree, ChannelCheck check) {
        if (check instanceof ChannelCheck.Permitted permitted) {
            permitted.match().ifPresent(match -> {
                tree.put("matched", match.record().toString());
                tree.put("depth", match.depth());
                match.name().ifPresent(name -> tree.put("name", name.toString()));
            });
        } else if (check instanceof ChannelCheck.Refused refused) {
            tree.put("verdicts", refused.verdicts().stream().map(RecordVerdict::toString).toList());
        }
    }
}
