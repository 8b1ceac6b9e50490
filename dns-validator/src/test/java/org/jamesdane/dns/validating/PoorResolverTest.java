/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Resolvers that fail, strip, truncate or say nothing: a failure of their own word for each, and never insecurity. */
class PoorResolverTest extends WireTestBase {
    @Test
    void shouldCallNothingInsecureIfTheResolverStripsDnssec() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> Attack.stripped(reply));

        assertThat(lab.ask(WWW, "A")).startsWith("failed ");
        assertThat(lab.ask("no.zone.example", "A")).startsWith("failed ");
        assertThat(lab.ask("www.plain.example", "A")).startsWith("failed ");
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.FORMERR, Rcode.NOTIMP, Rcode.SERVFAIL, Rcode.REFUSED, Rcode.YXDOMAIN, Rcode.NOTAUTH, 11})
    void shouldFailWhereAllTheResolverHasIsAnErrorCode(int rcode) {
        Lab lab = impatient();
        lab.dns().fault(WWW, "A", Fault.responseCode(rcode)).rewrite((query, reply, transport) -> reply.getRcode() == rcode
            ? Attack.with(reply, rcode, List.of(), List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).startsWith("failed ");
    }

    @Test
    void shouldNameServfailAndTheExtendedErrorIfOnlyTlsaFails() {
        Lab lab = lab();
        lab.dns().fault("_25._tcp.mx.zone.example", "TLSA", Fault.servFail().withExtendedError(22, "No Reachable Authority"));

        assertThat(lab.ask("mx.zone.example", "A")).isEqualTo("found secure");
        Lookup.Failed<?> failed = (Lookup.Failed<?>) lab.lookup("_25._tcp.mx.zone.example", "TLSA");
        assertThat(failed.reason()).isEqualTo(Lookup.Reason.SERVFAIL);
        assertThat(failed.extendedError()).hasValue(22);
        assertThat(failed.text()).isNotEmpty();
    }

    @Test
    void shouldSayRefused() {
        Lab lab = lab();
        lab.dns().fault(WWW, "A", Fault.refused());

        assertThat(lab.ask(WWW, "A")).isEqualTo("failed REFUSED");
    }

    @Test
    void shouldSayTimeoutWhereNoReplyComes() {
        Lab lab = impatient();
        lab.dns().fault(WWW, "A", Fault.silent());

        assertThat(lab.ask(WWW, "A")).isEqualTo("failed TIMEOUT");
    }

    @Test
    void shouldNameTheZoneAndTheReasonWhereTheKeysNeverCome() {
        Lab lab = impatient();
        lab.dns().fault("zone.example", "DNSKEY", Fault.silent());

        Lookup.Failed<?> failed = (Lookup.Failed<?>) lab.lookup(WWW, "A");
        assertThat(failed.reason()).isEqualTo(Lookup.Reason.TIMEOUT);
        assertThat(failed.owner()).isEqualTo(DomainName.of(WWW));
        assertThat(failed.text()).contains("DNSKEY").contains("zone.example");
    }

    @Test
    void shouldNameTheZoneThatIsBogus() {
        world.zone("zone.example").typeSignatures("DNSKEY", Signatures.EXPIRED);
        Lookup.Failed<?> failed = (Lookup.Failed<?>) lab().lookup(WWW, "A");

        assertThat(failed.reason()).isEqualTo(Lookup.Reason.BOGUS);
        assertThat(failed.zone()).contains(DomainName.of("zone.example"));
        assertThat(failed.text()).isNotEmpty().doesNotEndWith(".");
    }

    @ParameterizedTest
    @CsvSource({"www.zone.example,A", "zone.example,DNSKEY", "zone.example,DS", ".,DNSKEY"})
    void shouldAskAgainOverTcpWhereAReplyIsTruncated(String name, String type) {
        Lab lab = lab();
        lab.dns().fault(name, type, Fault.truncated());

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
        assertThat(lab.dns().questions()).anySatisfy(question -> {
            assertThat(question.name()).isEqualTo(name);
            assertThat(question.transport()).isEqualTo(Transport.TCP);
        });
    }

    @Test
    void shouldFailWhereAReplyIsTruncatedAndTcpIsSilent() {
        Lab lab = impatient();
        lab.dns().rewrite((query, reply, transport) -> {
            if (!asks(query, WWW, Type.A)) {
                return reply;
            }
            reply.getHeader().setFlag(Flags.TC);
            return transport == Transport.TCP ? null : reply;
        });

        assertThat(lab.ask(WWW, "A")).startsWith("failed ");
    }

    @Test
    void shouldReadAnRrsetThatOnlyTcpCanCarry() {
        IntStream.range(0, 60).forEach(i -> world.zone("zone.example").tlsa("_25._tcp.big", 3, 1, 1,
            IntStream.range(0, 32).collect(ByteArrayOutputStream::new, (out, j) -> out.write(i + j), (a, b) -> { }).toByteArray()));
        Lookup.Found<?> found = (Lookup.Found<?>) lab().lookup("_25._tcp.big.zone.example", "TLSA");

        assertThat(found.records()).hasSize(60);
        assertThat(Lab.verdict(found)).isEqualTo("found secure");
    }

    @Test
    void shouldWaitForASlowResolver() {
        Lab lab = lab();
        lab.dns().fault(WWW, "A", Fault.slow(Duration.ofMillis(300)));

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }
}
