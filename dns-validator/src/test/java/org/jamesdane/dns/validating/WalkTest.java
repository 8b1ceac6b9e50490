/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Question;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/**
 * The way from the trust anchor to an answer: which DS replies end it, which let it go on, and which are no proof at all
 * (RFC 4035 §5.2, RFC 6840 §4.4).
 */
class WalkTest {
    private static final String SECURE = "found secure";
    private static final String BOGUS = "failed BOGUS";
    private static final String INSECURE = "found insecure UNSIGNED_DELEGATION";

    private final SignedWorld world = SignedDns.world();
    private final Attack attack = new Attack();
    private @Nullable Lab lab;

    @AfterEach
    void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    private String ask(String name, String type) {
        if (lab == null) {
            lab = Lab.of(world);
            lab.dns().rewrite(attack);
        }
        return lab.ask(name, type);
    }

    static Stream<Arguments> denials() {
        return Stream.of(Arguments.of(Denial.nsec()), Arguments.of(Denial.nsec3(0, "")), Arguments.of(Denial.nsec3(3, "ab")));
    }

    private SignedZone zone(Denial denial) {
        return world.zone("zone.example").denial(denial);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldGoOnBelowAnEmptyNonTerminal(Denial denial) {
        zone(denial);
        world.zone("plain.a.b.c.zone.example").unsigned().a("www", "127.0.0.2");

        assertThat(ask("www.plain.a.b.c.zone.example", "A")).isEqualTo(INSECURE);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldGoOnAfterNxdomainForAnEmptyNonTerminal(Denial denial) {
        zone(denial);
        world.zone("plain.a.b.zone.example").unsigned().a("www", "127.0.0.2");
        attack.on("b.zone.example", "DS", reply -> withRcode(reply, Rcode.NXDOMAIN))
            .on("a.b.zone.example", "DS", reply -> withRcode(reply, Rcode.NXDOMAIN));

        assertThat(ask("www.plain.a.b.zone.example", "A")).isEqualTo(INSECURE);
    }

    private static Message withRcode(Message reply, int rcode) {
        reply.getHeader().setRcode(rcode);
        return reply;
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldFindASignedZoneBelowEmptyNonTerminals(Denial denial) {
        zone(denial);
        world.zone("signed.a.b.c.zone.example").a("www", "127.0.0.2");

        assertThat(ask("www.signed.a.b.c.zone.example", "A")).isEqualTo(SECURE);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldAskForNoDsBelowTheSigner(Denial denial) {
        zone(denial).a("a.b.c.d.e", "127.0.0.2");

        assertThat(ask("a.b.c.d.e.zone.example", "A")).isEqualTo(SECURE);
        assertThat(dsQuestions()).containsExactlyInAnyOrder("example", "zone.example");
    }

    private List<String> dsQuestions() {
        return Objects.requireNonNull(lab).dns().questions().stream().filter(question -> question.type().equals("DS"))
            .map(Question::name).distinct().toList();
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldBeBogusWhereASignedNameLosesItsSignature(Denial denial) {
        zone(denial).a("a.b.c", "127.0.0.2");
        attack.strip("a.b.c.zone.example", "A");

        assertThat(ask("a.b.c.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldBeBogusWhereASignedApexLosesItsSignature(Denial denial) {
        zone(denial).mx(10, "mx.zone.example");
        attack.strip("zone.example", "MX");

        assertThat(ask("zone.example", "MX")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldBeBogusWhereADenialLosesItsProof(Denial denial) {
        zone(denial).a("www", "127.0.0.2");
        attack.strip("www.zone.example", "AAAA").strip("no.zone.example", "A");

        assertThat(ask("www.zone.example", "AAAA")).isEqualTo(BOGUS);
        assertThat(ask("no.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldGoOnBelowAnAlias(Denial denial) {
        zone(denial).cname("alias", "www.elsewhere.example");
        world.zone("elsewhere.example").a("www", "127.0.0.2");
        world.zone("plain.alias.zone.example").unsigned().a("www", "127.0.0.2");

        assertThat(ask("www.plain.alias.zone.example", "A")).isEqualTo(INSECURE);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAnAliasForACut(Denial denial) {
        zone(denial).cname("alias", "www.elsewhere.example");
        attack.forge("alias.zone.example", "MX", "10 mx.evil.example.");

        assertThat(ask("alias.zone.example", "MX")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAnAliasIntoAnInsecureZoneForAnInsecureName(Denial denial) {
        zone(denial).cname("alias", "www.plain.example");
        world.zone("plain.example").unsigned().a("www", "127.0.0.2");
        attack.forge("alias.zone.example", "A", "127.0.0.66");

        assertThat(ask("alias.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAWildcardWithoutDsForACut(Denial denial) {
        zone(denial).a("*", "127.0.0.2");
        attack.forge("host.zone.example", "A", "127.0.0.66").forge("a.b.host.zone.example", "A", "127.0.0.66");

        assertThat(ask("host.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("a.b.host.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAWildcardAliasForACut(Denial denial) {
        zone(denial).cname("*", "www.plain.example");
        world.zone("plain.example").unsigned().a("www", "127.0.0.2");
        attack.forge("host.zone.example", "A", "127.0.0.66");

        assertThat(ask("host.zone.example", "A")).isEqualTo(BOGUS);
    }

    /** A wildcard with NS records is no delegation of the names it would match (RFC 4592 §4.2). */
    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAWildcardDelegationForACut(Denial denial) {
        zone(denial).a("host.wild", "127.0.0.2").delegation("*.wild", "ns.elsewhere.example");
        attack.forge("host.wild.zone.example", "A", "127.0.0.66").forge("other.wild.zone.example", "A", "127.0.0.66")
            .denyWith("host.wild.zone.example", "DS", Rcode.NOERROR, Attack.at("host.wild.zone.example",
                Attack.proofs(world.denial("zone.example", "*.wild.zone.example", "DS"))))
            .denyWith("other.wild.zone.example", "DS", Rcode.NOERROR, world.denial("zone.example", "other.wild.zone.example", "DS"))
            .denyWith("third.wild.zone.example", "DS", Rcode.NOERROR, Attack.at("third.wild.zone.example",
                Attack.proofs(world.denial("zone.example", "*.wild.zone.example", "DS"))))
            .forge("third.wild.zone.example", "A", "127.0.0.66");

        assertThat(ask("host.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("other.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("third.wild.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldKnowNoCutBelowADname(Denial denial) {
        zone(denial).dname("old", "new.example");
        world.zone("new.example").a("www", "127.0.0.2");
        attack.forge("www.old.zone.example", "A", "127.0.0.66").forge("a.b.www.old.zone.example", "A", "127.0.0.66");

        assertThat(ask("www.old.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("a.b.www.old.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldKnowNoCutBelowANameThatDoesNotExist(Denial denial) {
        zone(denial);
        attack.forge("host.no.zone.example", "A", "127.0.0.66");

        assertThat(ask("host.no.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeTheChildsApexDenialForOneOfItsDelegation(Denial denial) {
        zone(denial);
        world.zone("child.zone.example").denial(denial).a("www", "127.0.0.2");
        attack.forge("www.child.zone.example", "A", "127.0.0.66")
            .denyWith("child.zone.example", "DS", Rcode.NOERROR, world.denial("child.zone.example", "child.zone.example", "DS"));

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotBelieveAChildsSignedDenialOfItsOwnDs(Denial denial) {
        zone(denial);
        world.zone("child.zone.example").denial(denial).a("www", "127.0.0.2");
        attack.denyWith("child.zone.example", "DS", Rcode.NOERROR, world.denial("child.zone.example", "child.zone.example", "DS"));

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldTellParentAndChildApartThoughOneServerAnswersForBoth(Denial denial) {
        zone(denial);
        world.zone("child.zone.example").denial(denial).mx(10, "mx.child.zone.example");

        assertThat(ask("child.zone.example", "MX")).isEqualTo(SECURE);
        assertThat(ask("child.zone.example", "TLSA")).isEqualTo("nodata secure");
        assertThat(ask("no.child.zone.example", "MX")).isEqualTo("nxdomain secure");
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldCallAnIslandBelowAnInsecureDelegationInsecure(Denial denial) {
        zone(denial);
        world.zone("plain.zone.example").unsigned();
        world.zone("island.plain.zone.example").a("www", "127.0.0.2");

        assertThat(ask("www.island.plain.zone.example", "A")).isEqualTo(INSECURE);
        assertThat(ask("no.island.plain.zone.example", "A")).isEqualTo("nxdomain insecure UNSIGNED_DELEGATION");
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldCallASignedZoneWithoutDsInsecure(Denial denial) {
        zone(denial);
        world.zone("island.zone.example").withoutDs().a("www", "127.0.0.2");

        assertThat(ask("www.island.zone.example", "A")).isEqualTo(INSECURE);
    }

    @Test
    void shouldTellAnOptedOutDelegationFromItsSignedSibling() {
        world.zone("zone.example").optOut();
        world.zone("plain.zone.example").unsigned().a("www", "127.0.0.2");
        world.zone("signed.zone.example").a("www", "127.0.0.2");

        assertThat(ask("www.plain.zone.example", "A")).isEqualTo("found insecure OPT_OUT");
        assertThat(ask("www.signed.zone.example", "A")).isEqualTo(SECURE);
    }

    @Test
    void shouldNotRememberAnOptOutForOtherNames() {
        world.zone("zone.example").optOut().a("a.host", "127.0.0.2");
        world.zone("plain.zone.example").unsigned().a("www", "127.0.0.2");
        world.zone("signed.zone.example").a("www", "127.0.0.2");

        for (int i = 0; i < 5; i++) {
            assertThat(ask("n" + i + ".plain.zone.example", "A")).isEqualTo("nxdomain insecure OPT_OUT");
        }
        assertThat(ask("www.signed.zone.example", "A")).isEqualTo(SECURE);
        assertThat(ask("a.host.zone.example", "A")).isEqualTo(SECURE);
        assertThat(ask("host.zone.example", "A")).isEqualTo("nodata secure");
    }

    @Test
    void shouldBeBogusWhereASignedDelegationIsSaidToBeOptedOut() {
        world.zone("zone.example").optOut();
        world.zone("plain.zone.example").unsigned();
        world.zone("signed.zone.example").a("www", "127.0.0.2");
        attack.forge("www.signed.zone.example", "A", "127.0.0.66")
            .denyWith("signed.zone.example", "DS", Rcode.NOERROR, world.denial("zone.example", "plain.zone.example", "DS"));

        assertThat(ask("www.signed.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.NOERROR, Rcode.NXDOMAIN})
    void shouldBeBogusWhereADsReplyIsUnsigned(int rcode) {
        world.zone("zone.example").a("www", "127.0.0.2");
        attack.forge("www.zone.example", "A", "127.0.0.66").denyWith("zone.example", "DS", rcode, List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldBeBogusWhereADsReplyHasOnlyAnUnsignedSoa() {
        world.zone("zone.example").a("www", "127.0.0.2");
        List<Record> soa = List.of(Attack.record("example", "SOA", "ns.example. h.example. 1 2 3 4 5"));
        attack.forge("www.zone.example", "A", "127.0.0.66").denyWith("zone.example", "DS", Rcode.NOERROR, soa);

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldBeBogusWhereADsAnswerIsUnsigned() {
        world.zone("zone.example").a("www", "127.0.0.2");
        attack.forge("www.zone.example", "A", "127.0.0.66").forge("zone.example", "DS", "4711 200 2 " + "00".repeat(32));

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    /** A signature whose signer is no zone: somebody's own key, and no DS leads to it. */
    @ParameterizedTest
    @MethodSource("denials")
    void shouldBeBogusWhereTheSignerHasNoDs(Denial denial) {
        zone(denial).a("www", "127.0.0.2");
        SignedWorld evil = SignedDns.world();
        evil.zone("www.zone.example").a("@", "127.0.0.66");
        attack.answerWith("www.zone.example", "A", evil.signed("www.zone.example", "@", "A"), List.of())
            .answerWith("www.zone.example", "DNSKEY", evil.signed("www.zone.example", "@", "DNSKEY"), List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldBeBogusWhereTheSignerDoesNotEncloseTheOwner() {
        world.zone("zone.example").a("www", "127.0.0.2");
        world.zone("other.example").a("www", "127.0.0.66");
        world.zone("plain.example").unsigned();
        SignedWorld evil = SignedDns.world();
        evil.zone("plain.example").a("www", "127.0.0.66");
        attack.answerWith("www.zone.example", "A", Attack.at("www.zone.example", world.signed("other.example", "www", "A")), List.of())
            .answerWith("mx.zone.example", "A", Attack.at("mx.zone.example", evil.signed("plain.example", "www", "A")), List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("mx.zone.example", "A")).isEqualTo(BOGUS);
    }

    /** RFC 9824: name servers that sign on the fly, so that every name seems to exist. */
    @Test
    void shouldUnderstandCompactDenial() {
        zone(Denial.compact()).a("www", "127.0.0.2").a("a.b.ent", "127.0.0.2").cname("alias", "www.zone.example");
        world.zone("plain.zone.example").unsigned().a("www", "127.0.0.2");
        world.zone("signed.zone.example").denial(Denial.compact()).a("www", "127.0.0.2");

        assertThat(ask("www.zone.example", "A")).isEqualTo(SECURE);
        assertThat(ask("www.zone.example", "AAAA")).isEqualTo("nodata secure");
        assertThat(ask("b.ent.zone.example", "A")).isEqualTo("nodata secure");
        assertThat(ask("no.zone.example", "A")).isEqualTo("nodata secure");
        assertThat(ask("_25._tcp.www.zone.example", "TLSA")).isEqualTo("nodata secure");
        assertThat(ask("alias.zone.example", "A")).isEqualTo("alias secure");
        assertThat(ask("www.plain.zone.example", "A")).isEqualTo(INSECURE);
        assertThat(ask("www.signed.zone.example", "A")).isEqualTo(SECURE);
        assertThat(ask("www.signed.zone.example", "TLSA")).isEqualTo("nodata secure");
    }

    @Test
    void shouldFailWhereAllAnswersForADelegationAreErrors() {
        world.zone("zone.example").a("www", "127.0.0.2");
        Lab server = Lab.of(world);
        lab = server;
        server.dns().fault("zone.example", "DS", Fault.servFail());

        assertThat(server.ask("www.zone.example", "A")).startsWith("failed ");
    }
}
