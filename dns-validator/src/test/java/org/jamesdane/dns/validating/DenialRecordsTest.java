/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.utils.base32;

/** Single denial records: which of them count, and how many a proof needs. */
class DenialRecordsTest {
    private static final String ZONE = "zone.example";
    private static final int STRANGERS = 12;
    private static final Name APEX = WireNames.toWire(DomainName.of(ZONE));

    private final SignedWorld world = SignedDns.world();

    private static List<VerifiedRrset> taken(List<Record> records, int type) {
        Proof.Link link = new Proof.Link(DomainName.of(ZONE), DomainName.of(ZONE), Type.string(type), 1, 13, Instant.EPOCH, Instant.EPOCH);
        return SignedRrset.collect(records).stream().filter(set -> set.type() == type)
            .map(set -> new VerifiedRrset(set, Optional.empty(), link, 60)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "a.zone.example.,  z.zone.example.,  true",
        "a.zone.example.,  zone.example.,    true",
        "a.zone.example.,  zz.example.,      false",
        "a.zone.example.,  example.,         false",
        "a.zone.example.,  zone.exampl.,     false",
        "a.zone.example.,  .,                false"})
    void shouldDenyOnlyByAnNsecWhoseNextNameIsOfTheZone(String owner, String next, boolean denies) {
        List<Record> span = List.of(Attack.record(owner, "NSEC", next + " A RRSIG NSEC"));
        List<Record> apex = List.of(Attack.record(ZONE + ".", "NSEC", "a.zone.example. NS SOA RRSIG NSEC DNSKEY"));

        NsecDenial denial = new NsecDenial(taken(Attack.all(span, apex), Type.NSEC), APEX);

        assertThat(denial.prove(name("b.zone.example"), Type.TLSA) instanceof Denial.NameError)
            .isEqualTo(denies);
        assertThat(denial.prove(name("a.zone.example"), Type.TLSA) instanceof Denial.NoData)
            .isEqualTo(denies);
    }

    /** RFC 5155 §8.4: also with Opt-Out; §8.6: a DS needs the closest encloser alone. */
    @Test
    void shouldWantTheWildcardDeniedUnderOptOutButForADs() {
        world.zone(ZONE).optOut().a("a", "127.0.0.2").a("b", "127.0.0.2").a("c", "127.0.0.2").a("d", "127.0.0.2");
        Name absent = name("gone.zone.example");
        List<VerifiedRrset> all = taken(world.denial(ZONE, "gone.zone.example", "MX"), Type.NSEC3);
        Name wildcard = name("*.zone.example");
        List<VerifiedRrset> without = all.stream().filter(set -> !covers(set, wildcard) || covers(set, absent)).toList();
        assertThat(without).as("the wildcard has a record of its own").hasSizeLessThan(all.size());

        assertThat(nsec3(all).prove(absent, Type.MX)).isInstanceOf(Denial.OptOut.class);
        assertThat(nsec3(without).prove(absent, Type.MX)).isInstanceOf(Denial.Unproven.class);
        assertThat(nsec3(without).prove(absent, Type.DS)).isInstanceOf(Denial.OptOut.class);
    }

    private static Nsec3Denial nsec3(List<VerifiedRrset> sets) {
        return new Nsec3Denial(sets, APEX, Budget.of(Duration.ofMinutes(1)));
    }

    private static boolean covers(VerifiedRrset set, Name name) {
        try {
            byte[] hash = ((NSEC3Record) set.set().records().get(0)).hashName(name);
            byte[] owner = Objects.requireNonNull(new base32(base32.Alphabet.BASE32HEX, false,
                false).fromString(set.owner().getLabelString(0)));
            byte[] next = ((NSEC3Record) set.set().records().get(0)).getNext();
            boolean afterOwner = Arrays.compareUnsigned(owner, hash) < 0;
            boolean beforeNext = Arrays.compareUnsigned(hash, next) < 0;
            return Arrays.compareUnsigned(owner, next) < 0 ? afterOwner && beforeNext : afterOwner || beforeNext;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Name name(String text) {
        return WireNames.toWire(DomainName.of(text));
    }

    /** More records by other zones than are looked at stand before those that count. */
    @ParameterizedTest
    @ValueSource(strings = {"NSEC", "NSEC3"})
    void shouldNotLoseADenialBehindRecordsOfOtherZones(String way) {
        world.zone(ZONE).denial(chain(way)).a("www", "127.0.0.2");
        for (int i = 0; i < 10; i++) {
            world.zone("other" + i + ".test").denial(chain(way));
        }
        try (Lab lab = Lab.of(world)) {
            List<Record> strangers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                strangers.addAll(Attack.proofs(world.denial("other" + i + ".test", "other" + i + ".test", "TLSA")));
            }
            List<Record> own = world.denial(ZONE, "no.zone.example", "TLSA");
            lab.dns().rewrite(new Attack().denyWith("no.zone.example", "TLSA", Rcode.NXDOMAIN, Attack.all(strangers, own)));

            assertThat(lab.ask("no.zone.example", "TLSA")).isEqualTo("nxdomain secure");
        }
    }

    /** Zones further up enclose the name, too; what they signed takes no place from the zone's own. */
    @ParameterizedTest
    @ValueSource(strings = {"NSEC", "NSEC3"})
    void shouldNotLoseADenialBehindRecordsOfZonesAbove(String way) {
        try (Lab lab = crowded(way)) {
            lab.dns().rewrite(new Attack().denyWith("no.zone.example", "TLSA", Rcode.NXDOMAIN,
                Attack.all(ofTheRoot(), world.denial(ZONE, "no.zone.example", "TLSA"))));

            assertThat(lab.ask("no.zone.example", "TLSA")).isEqualTo("nxdomain secure");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NSEC", "NSEC3"})
    void shouldNotLoseTheDenialOfAWildcardAnswer(String way) {
        world.zone(ZONE).a("*.wild", "127.0.0.9");
        try (Lab lab = crowded(way)) {
            lab.dns().rewrite(new Attack().on("a.wild.zone.example", "A", reply -> {
                List<Record> own = reply.getSection(Section.AUTHORITY);
                return Attack.with(reply, Rcode.NOERROR, reply.getSection(Section.ANSWER), Attack.all(ofTheRoot(), own));
            }));

            assertThat(lab.ask("a.wild.zone.example", "A")).isEqualTo("found secure");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NSEC", "NSEC3"})
    void shouldNotLoseTheDenialOfADs(String way) {
        world.zone("plain.zone.example").unsigned().a("www", "127.0.0.3");
        try (Lab lab = crowded(way)) {
            lab.dns().rewrite(new Attack().on("plain.zone.example", "DS",
                reply -> Attack.with(reply, Rcode.NOERROR, List.of(), Attack.all(ofTheRoot(), reply.getSection(Section.AUTHORITY)))));

            assertThat(lab.ask("www.plain.zone.example", "A")).isEqualTo("found insecure UNSIGNED_DELEGATION");
        }
    }

    private Lab crowded(String way) {
        world.zone(".").denial(chain(way));
        world.zone(ZONE).denial(chain(way)).a("www", "127.0.0.2");
        for (int i = 0; i < STRANGERS; i++) {
            world.zone("other" + i);
        }
        return Lab.of(world);
    }

    /** More of its denial records than are looked at; its signer encloses every name. */
    private List<Record> ofTheRoot() {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < STRANGERS; i++) {
            records.addAll(Attack.proofs(world.denial(".", "other" + i, "TLSA")));
        }
        assertThat(SignedRrset.collect(records)).hasSizeGreaterThan(DenialVerifier.MAX_DENIALS);
        return records;
    }

    private static org.jamesdane.testing.dns.Denial chain(String way) {
        return way.equals("NSEC") ? org.jamesdane.testing.dns.Denial.nsec() : org.jamesdane.testing.dns.Denial.nsec3(0, "");
    }
}
