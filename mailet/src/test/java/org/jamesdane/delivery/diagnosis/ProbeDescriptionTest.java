/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaAssociation;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The description of what a probe reports, against what it does report. */
class ProbeDescriptionTest {
    private static final DomainName NAME = DomainName.of("mx.example");
    private static final Authority AUTHORITY = TestPki.authority("Probe CA");
    private static final List<PeerCertificate> CHAIN = PeerCertificate.of(AUTHORITY.leaf("mx.example").issue().chain());

    private static AddressProbe probe(PeerCertificate anchor, int usage, PeerCertificate behind, boolean failed) {
        TlsRequirement requirement = new TlsRequirement.Dane(new MxHost.Named(NAME, 10), TlsaUsability.of(List.of(
            TlsaAssociation.of(anchor, usage, TlsaUsability.SPKI, TlsaUsability.SHA2_256).orElseThrow())).usable().orElseThrow(), NAME,
            List.of(NAME), SecurityLabel.VERIFIED);
        Channel.Tls tls = new Channel.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.of("mx.example"),
            List.of(CHAIN.get(0), CHAIN.get(1), behind), new Channel.Strength(Optional.of("x25519"), "P-256", true));
        return new AddressProbe(requirement, new InetSocketAddress("127.0.0.2", 25), Duration.ofMillis(3), Optional.of(tls),
            Optional.of(ChannelCheck.of(requirement, Channel.encrypted(tls), Instant.now())),
            failed ? Optional.of(HostFailure.handshake("mx.example", "text")) : Optional.empty());
    }

    private static Map<?, ?> part(Map<?, ?> whole, String name) {
        return (Map<?, ?>) Objects.requireNonNull(whole.get(name), name);
    }

    private static Map<?, ?> schema(String name) throws IOException {
        Map<String, Object> document = new Yaml().load(Files.readString(Path.of("../docs/openapi.yaml")));
        return part(part(part(part(document, "components"), "schemas"), name), "properties");
    }

    @Test
    void shouldDescribeEveryFieldAndNoOther() throws Exception {
        PeerCertificate root = PeerCertificate.of(AUTHORITY.certificate());
        PeerCertificate stranger = PeerCertificate.of(TestPki.authority("Stranger").certificate());
        Set<String> fields = new TreeSet<>();
        Set<String> certificateFields = new TreeSet<>();
        Set<String> kinds = new TreeSet<>();
        for (AddressProbe each : List.of(probe(root, TlsaUsability.DANE_TA, PeerCertificate.x509(new byte[] {1}), false),
            probe(stranger, TlsaUsability.DANE_EE, PeerCertificate.rawPublicKey(new byte[] {1}), true))) {
            Map<String, Object> tree = each.toTree();
            fields.addAll(tree.keySet());
            for (Object certificate : (List<?>) Objects.requireNonNull(tree.get("certificates"))) {
                Map<?, ?> shown = (Map<?, ?>) certificate;
                shown.keySet().forEach(field -> certificateFields.add(String.valueOf(field)));
                kinds.add(String.valueOf(shown.get("kind")));
            }
        }

        assertThat(schema("ProbedAddress").keySet()).isEqualTo(fields);
        assertThat(schema("ShownCertificate").keySet()).isEqualTo(certificateFields);
        assertThat(part(schema("ShownCertificate"), "kind").get("enum")).asInstanceOf(InstanceOfAssertFactories.list(String.class))
            .containsExactlyInAnyOrderElementsOf(kinds);
    }
}
