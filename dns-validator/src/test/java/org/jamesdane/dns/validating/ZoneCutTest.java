/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.dns.SigningKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;

/** Data that a zone signed for names of a zone below it: the zone that contains a name is the one that signs (RFC 4035 §5.3.1). */
class ZoneCutTest {
    private static final String ZONE = "zone.example";
    private static final String CHILD = "child.zone.example";
    private static final String WWW = "www.child.zone.example";
    private static final String BOGUS = "failed BOGUS";

    private final SignedWorld world = SignedDns.world();
    /** The same zones with the same keys, where the names of the child are the parent's own. */
    private final SignedWorld merged = SignedDns.world();
    private final Attack attack = new Attack();
    private @Nullable Lab lab;

    private Lab lab() {
        return Objects.requireNonNull(lab);
    }

    private void start() {
        startFrom();
        merged.zone(ZONE).a("www.child", "127.0.0.66").a("other.child", "127.0.0.67");
    }

    private void startFrom() {
        world.zone(ZONE);
        for (String each : List.of(".", "example", ZONE)) {
            merged.zone(each).keys(world.zone(each).keys().toArray(SigningKey[]::new));
        }
        lab = Lab.of(world);
        lab().dns().rewrite(attack);
    }

    @AfterEach
    void stop() {
        lab().close();
    }

    private SignedZone child() {
        return world.zone(CHILD).a("www", "127.0.0.2").a("other", "127.0.0.3");
    }

    private List<Record> ofTheParent(String owner) {
        return merged.signed(ZONE, owner, "A");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseDataSignedAboveAKnownCut(boolean signed) {
        child();
        if (!signed) {
            world.zone(CHILD).withoutDs();
        }
        start();
        attack.answerWith(WWW, "A", ofTheParent("www.child"), List.of());

        assertThat(lab().ask("other.child.zone.example", "A")).startsWith("found");
        assertThat(lab().ask(WWW, "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldRefuseADenialSignedAboveAKnownCut() {
        child().tlsa("_25._tcp.www", 3, 1, 1, new byte[32]);
        start();
        attack.denyWith("_25._tcp." + WWW, "TLSA", Rcode.NXDOMAIN, merged.denial(ZONE, "_25._tcp." + WWW, "TLSA"));

        assertThat(lab().ask(WWW, "A")).isEqualTo("found secure");
        assertThat(lab().ask("_25._tcp." + WWW, "TLSA")).isEqualTo(BOGUS);
    }

    /** The cut stands in the cache for as long as its old DS may be kept; its DS is asked again before that makes anything bogus. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFollowAZoneThatWasMergedIntoItsParent(boolean signed) {
        child();
        if (!signed) {
            world.zone(CHILD).withoutDs();
        }
        start();
        assertThat(lab().ask(WWW, "A")).startsWith("found");

        try (SignedDns now = merged.start()) {
            lab().dns().rewrite((query, reply, transport) -> sent(query, now));

            Lookup<?> lookup = lab().lookup("other.child.zone.example", "A");
            assertThat(Lab.verdict(lookup)).isEqualTo("found secure");
            assertThat(((Lookup.Found<?>) lookup).records()).extracting(record -> ((AddressRecord) record).address().getHostAddress())
                .containsExactly("127.0.0.67");
            assertThat(lab().ask("no.child.zone.example", "TLSA")).isEqualTo("nxdomain secure");
        }
    }

    /** RFC 5155 §9.2: the records of an Opt-Out zone do not change when an unsigned zone below it goes. */
    @Test
    void shouldFollowAnUnsignedZoneThatIsGoneFromAnOptOutZone() {
        world.zone(ZONE).optOut();
        merged.zone(ZONE).optOut();
        child();
        world.zone(CHILD).withoutDs();
        startFrom();
        assertThat(lab().ask(WWW, "A")).isEqualTo("found insecure OPT_OUT");

        try (SignedDns now = merged.start()) {
            lab().dns().rewrite((query, reply, transport) -> sent(query, now));

            assertThat(lab().ask("other.child.zone.example", "A")).isEqualTo("nxdomain insecure OPT_OUT");
            assertThat(lab().ask(CHILD, "MX")).isEqualTo("nxdomain insecure OPT_OUT");
        }
    }

    @Test
    void shouldRefuseAWildcardSignedAboveAKnownCut() {
        child();
        startFrom();
        merged.zone(ZONE).a("*", "127.0.0.68");
        attack.on(WWW, "A", reply -> {
            List<Record> wildcard = Attack.at(WWW, merged.signed(ZONE, "*", "A"));
            return Attack.with(reply, Rcode.NOERROR, wildcard, merged.denial(ZONE, "child.zone.example", "A"));
        });

        assertThat(lab().ask("other.child.zone.example", "A")).isEqualTo("found secure");
        assertThat(lab().ask(WWW, "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldRefuseTheTargetOfAnAliasSignedAboveAKnownCut() {
        child();
        world.zone(ZONE).cname("alias", WWW);
        merged.zone(ZONE).cname("alias", WWW);
        start();
        attack.answerWith(WWW, "A", ofTheParent("www.child"), List.of());
        attack.answerWith("alias.zone.example", "A", Attack.all(merged.signed(ZONE, "alias", "CNAME"), ofTheParent("www.child")),
            List.of());

        assertThat(lab().ask("other.child.zone.example", "A")).isEqualTo("found secure");
        assertThat(lab().ask("alias.zone.example", "A")).isEqualTo("alias secure");
        assertThat(lab().ask(WWW, "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "TLSA", "MX"})
    void shouldRefuseADenialAtTheCutItself(String type) {
        child().a("@", "127.0.0.5").mx(10, WWW);
        start();
        attack.denyWith(CHILD, type, Rcode.NOERROR, merged.denial(ZONE, CHILD, type));

        assertThat(lab().ask(WWW, "A")).isEqualTo("found secure");
        assertThat(lab().ask(CHILD, type)).isEqualTo(BOGUS);
    }

    /** The zone in the middle is a cut for what the topmost signs. */
    @Test
    void shouldRefuseWhatIsSignedTwoCutsAbove() {
        child();
        start();
        SignedWorld flat = SignedDns.world();
        for (String each : List.of(".", "example")) {
            flat.zone(each).keys(world.zone(each).keys().toArray(SigningKey[]::new));
        }
        flat.zone("example").a("www.child.zone", "127.0.0.69");
        attack.answerWith(WWW, "A", flat.signed("example", "www.child.zone", "A"), List.of());

        assertThat(lab().ask("no.zone.example", "A")).isEqualTo("nxdomain secure");
        assertThat(lab().ask(WWW, "A")).isEqualTo(BOGUS);
    }

    /** A zone is no cut below itself; one that is known as unsigned stays so until that is asked anew. */
    @Test
    void shouldFollowAZoneThatBecameSigned() {
        child();
        world.zone(CHILD).withoutDs();
        start();
        assertThat(lab().ask(WWW, "A")).isEqualTo("found insecure UNSIGNED_DELEGATION");
        SignedWorld later = SignedDns.world();
        for (String each : List.of(".", "example", ZONE, CHILD)) {
            later.zone(each).keys(world.zone(each).keys().toArray(SigningKey[]::new));
        }
        later.zone(CHILD).a("www", "127.0.0.2").a("third", "127.0.0.4");

        try (SignedDns now = later.start()) {
            lab().dns().rewrite((query, reply, transport) -> sent(query, now));

            assertThat(lab().ask("third.child.zone.example", "A")).startsWith("found insecure");
            assertThat(lab().ask(CHILD, "MX")).startsWith("nodata insecure");
        }
    }

    private static Message sent(Message query, SignedDns server) {
        try {
            SimpleResolver resolver = new SimpleResolver(server.address());
            resolver.setTCP(true);
            return resolver.send(query);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
