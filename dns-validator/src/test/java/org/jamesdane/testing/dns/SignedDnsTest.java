/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

class SignedDnsTest {
    private final List<SignedDns> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(SignedDns::close);
    }

    private SignedDns start(SignedZone zone) {
        SignedDns dns = zone.start();
        started.add(dns);
        return dns;
    }

    private static SimpleResolver client(SignedDns dns) {
        SimpleResolver resolver = new SimpleResolver(dns.address());
        resolver.setEDNS(0, 1232, ExtendedFlags.DO);
        resolver.setTimeout(Duration.ofSeconds(10));
        return resolver;
    }

    private static Message ask(SignedDns dns, String name, int type) throws IOException {
        return client(dns).send(query(name, type));
    }

    private static Message query(String name, int type) {
        Message query = Message.newQuery(Record.newRecord(Records.name(name), type, DClass.IN));
        query.getHeader().setFlag(Flags.CD);
        return query;
    }

    /** Asks through dnsjava's validator; the response code and whether it calls the answer authentic. */
    private static String validate(SignedDns dns, String name, int type) throws IOException {
        ValidatingResolver resolver = new ValidatingResolver(client(dns));
        resolver.loadTrustAnchors(new ByteArrayInputStream(dns.trustAnchor().getBytes(StandardCharsets.US_ASCII)));
        resolver.setTimeout(Duration.ofSeconds(20));
        Message reply = resolver.send(Message.newQuery(Record.newRecord(Records.name(name), type, DClass.IN)));
        return Rcode.string(reply.getRcode()) + (reply.getHeader().getFlag(Flags.AD) ? " secure" : "");
    }

    private static List<RRset> sets(Message reply, int section) {
        return reply.getSectionRRsets(section);
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void shouldMakeSignaturesThatVerifyWithTheKeyInTheZone(KeyAlgorithm algorithm) throws Exception {
        SignedDns dns = start(SignedDns.world().zone("good.example").algorithm(algorithm).a("www", "127.0.0.2"));

        DNSKEYRecord key = (DNSKEYRecord) sets(ask(dns, "good.example", Type.DNSKEY), Section.ANSWER).get(0).first();
        RRset address = sets(ask(dns, "www.good.example", Type.A), Section.ANSWER).get(0);

        assertThat(key.getAlgorithm()).isEqualTo(algorithm.number());
        assertThat(address.sigs()).hasSize(1);
        DNSSEC.verify(address, address.sigs().get(0), key, Instant.now());
    }

    @ParameterizedTest
    @EnumSource(value = Signatures.class, names = {"CORRUPT", "EXPIRED", "NOT_YET_VALID"})
    void shouldMakeSignaturesThatDoNotVerifyWhenAskedTo(Signatures wrong) throws Exception {
        SignedDns dns = start(SignedDns.world().zone("bad.example").a("www", "127.0.0.2").signatures("www", "A", wrong));

        DNSKEYRecord key = (DNSKEYRecord) sets(ask(dns, "bad.example", Type.DNSKEY), Section.ANSWER).get(0).first();
        RRset address = sets(ask(dns, "www.bad.example", Type.A), Section.ANSWER).get(0);

        assertThatThrownBy(() -> DNSSEC.verify(address, address.sigs().get(0), key, Instant.now()))
            .isInstanceOf(DNSSEC.DNSSECException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "www.nsec.example,      A,    NOERROR secure",
        "www.nsec.example,      TLSA, NOERROR secure",
        "no.nsec.example,       A,    NXDOMAIN secure",
        "x.wild.nsec.example,   TXT,  NOERROR secure",
        "x.wild.nsec.example,   A,    NOERROR secure",
        "ent.nsec.example,      A,    NOERROR secure",
        "alias.nsec.example,    A,    NOERROR secure",
        "a.dname.nsec.example,  A,    NXDOMAIN secure",
        "www.dname.nsec.example, A,   NOERROR secure",
        "www.nsec3.example,     A,    NOERROR secure",
        "www.nsec3.example,     TLSA, NOERROR secure",
        "no.nsec3.example,      A,    NXDOMAIN secure",
        "x.wild.nsec3.example,  TXT,  NOERROR secure",
        "x.wild.nsec3.example,  A,    NOERROR secure",
        "a.b.wild.nsec3.example, TXT, NOERROR secure",
        "ent.nsec3.example,     A,    NOERROR secure",
        "plain.example,         MX,   NOERROR",
        "no.plain.example,      MX,   NXDOMAIN",
        "www.island.plain.example, A, NOERROR",
        "www.bogus.example,     A,    SERVFAIL",
        "www.stripped.example,  A,    SERVFAIL",
        "www.wrongds.example,   A,    SERVFAIL",
        "www.split.example,     A,    NOERROR secure",
        "www.child.optout.example, A, NOERROR secure",
    })
    void shouldBeAWorldThatAnotherValidatorUnderstands(String name, String type, String verdict) throws IOException {
        SignedDns dns = start(SignedDns.world()
            .zone("nsec.example").a("www", "127.0.0.2").txt("*.wild", "any").a("a.b.ent", "127.0.0.2")
            .cname("alias", "www.nsec3.example").dname("dname", "nsec3.example")
            .zone("nsec3.example").denial(Denial.nsec3(5, "aabb")).a("www", "127.0.0.2").txt("*.wild", "any").a("a.b.ent", "127.0.0.2")
            .zone("plain.example").unsigned().mx(10, "mx.plain.example")
            .zone("island.plain.example").a("www", "127.0.0.2")
            .zone("bogus.example").signatures(Signatures.CORRUPT).a("www", "127.0.0.2")
            .zone("stripped.example").signatures(Signatures.MISSING).a("www", "127.0.0.2")
            .zone("wrongds.example").wrongDs().a("www", "127.0.0.2")
            .zone("split.example").splitKeys(KeyAlgorithm.ED25519).a("www", "127.0.0.2")
            .zone("optout.example").optOut()
            .zone("child.optout.example").a("www", "127.0.0.2"));

        assertThat(validate(dns, name, Type.value(type))).isEqualTo(verdict);
    }

    @Test
    void shouldLeaveInsecureDelegationsOutOfAnOptOutChain() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("optout.example").optOut().zone("plain.optout.example").unsigned());

        Message reply = ask(dns, "plain.optout.example", Type.DS);

        List<NSEC3Record> denial = reply.getSection(Section.AUTHORITY).stream().filter(NSEC3Record.class::isInstance)
            .map(NSEC3Record.class::cast).toList();
        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(denial).isNotEmpty().allMatch(record -> record.getFlags() == NSEC3Record.Flags.OPT_OUT);
        assertThat(validate(dns, "plain.optout.example", Type.SOA)).isEqualTo("NOERROR");
    }

    @Test
    void shouldCloseTheChainOfHashesOverAllNamesAndEmptyNonTerminals() throws Exception {
        SignedWorld world = SignedDns.world().zone("good.example").nsec3().a("a.b", "127.0.0.2").zone("plain.good.example").unsigned()
            .world();

        List<NSEC3Record> chain = Records.parse(Name.root, 0, Objects.requireNonNull(world.zoneFiles().get("good.example."))
            .split("\n")).stream().filter(NSEC3Record.class::isInstance).map(NSEC3Record.class::cast).toList();

        // apex, ns, a.b, b and the delegation
        assertThat(chain).hasSize(5);
        for (int i = 0; i < chain.size(); i++) {
            String next = chain.get((i + 1) % chain.size()).getName().getLabelString(0);
            assertThat(chain.get(i).rdataToString()).containsIgnoringCase(" " + next);
        }
        for (String name : List.of("good.example", "ns.good.example", "a.b.good.example", "b.good.example", "plain.good.example")) {
            byte[] hash = chain.get(0).hashName(Records.name(name));
            assertThat(chain).anySatisfy(record -> assertThat(record.getNext()).isEqualTo(hash));
        }
    }

    @Test
    void shouldCloseTheChainOfNames() {
        SignedWorld world = SignedDns.world().zone("good.example").a("a", "127.0.0.2").zone("child.good.example").world();

        List<NSECRecord> chain = Records.parse(Name.root, 0, Objects.requireNonNull(world.zoneFiles().get("good.example."))
            .split("\n")).stream().filter(NSECRecord.class::isInstance).map(NSECRecord.class::cast).toList();

        assertThat(chain).extracting(record -> record.getName() + " " + record.getNext()).containsExactly(
            "good.example. a.good.example.", "a.good.example. child.good.example.",
            "child.good.example. ns.good.example.", "ns.good.example. good.example.");
        assertThat(chain.get(2).getTypes()).containsExactly(Type.NS, Type.DS, Type.RRSIG, Type.NSEC);
    }

    @Test
    void shouldTruncateOverUdpAndAnswerInFullOverTcp() throws IOException {
        SignedZone zone = SignedDns.world().zone("big.example");
        IntStream.range(0, 60).forEach(i -> zone.tlsa("_25._tcp.mx", 3, 1, 1, new byte[] {(byte) i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
            12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}));
        SignedDns dns = start(zone);

        Message reply = ask(dns, "_25._tcp.mx.big.example", Type.TLSA);

        assertThat(reply.getSection(Section.ANSWER)).hasSize(61);
        assertThat(dns.questions()).extracting(Question::transport).containsExactly(Transport.UDP, Transport.TCP);
    }

    @Test
    void shouldTellTheWholeChainOfAliasesInOneReply() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("a.example").cname("www", "www.b.test").zone("b.test").cname("www", "x.c.example")
            .zone("c.example").a("x", "127.0.0.2"));

        assertThat(sets(ask(dns, "www.a.example", Type.A), Section.ANSWER))
            .extracting(set -> set.getName() + " " + Type.string(set.getType()))
            .containsExactly("www.a.example. CNAME", "www.b.test. CNAME", "x.c.example. A");
        assertThat(sets(ask(dns, "www.a.example", Type.CNAME), Section.ANSWER)).hasSize(1);
    }

    @Test
    void shouldEndAnEndlessAliasInServfail() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("a.example").cname("x", "y.a.example").cname("y", "x.a.example"));

        assertThat(ask(dns, "x.a.example", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void shouldGiveNoDnssecRecordsToThoseThatDoNotAskForThem() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("good.example").a("www", "127.0.0.2"));
        SimpleResolver plain = new SimpleResolver(dns.address());
        plain.setEDNS(-1);

        Message found = plain.send(query("www.good.example", Type.A));
        Message denied = plain.send(query("no.good.example", Type.A));

        assertThat(found.getSection(Section.ANSWER)).extracting(Record::getType).containsExactly(Type.A);
        assertThat(denied.getSection(Section.AUTHORITY)).extracting(Record::getType).containsExactly(Type.SOA);
        assertThat(found.getOPT()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "www.good.example,  false, NOERROR, true",
        "no.good.example,   false, NXDOMAIN, true",
        "www.plain.example, false, NOERROR, false",
        "www.bad.example,   false, SERVFAIL, false",
        "www.bad.example,   true,  NOERROR, false",
        "alias.good.example, false, NOERROR, false",
    })
    void shouldPlayAValidatingResolver(String name, boolean checkingDisabled, String rcode, boolean authentic) throws IOException {
        SignedDns dns = start(SignedDns.world().zone("good.example").a("www", "127.0.0.2").cname("alias", "www.plain.example")
            .zone("plain.example").unsigned().a("www", "127.0.0.2")
            .zone("bad.example").a("www", "127.0.0.2").signatures("www", "A", Signatures.EXPIRED)).validating(true);
        Message query = query(name, Type.A);
        if (!checkingDisabled) {
            query.getHeader().unsetFlag(Flags.CD);
        }

        Message reply = client(dns).send(query);

        assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
        assertThat(reply.getHeader().getFlag(Flags.AD)).isEqualTo(authentic);
    }

    @Test
    void shouldHaveFaultsAsOftenAsTheyAreAskedFor() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("good.example").a("www", "127.0.0.2"));
        dns.fault("www.good.example", "A", Fault.servFail().times(1).withExtendedError(6, "DNSSEC Bogus"));

        assertThat(ask(dns, "www.good.example", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(ask(dns, "www.good.example", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);

        dns.heal().fault("www.good.example", "ANY", Fault.truncated()).forgetQuestions();
        assertThat(ask(dns, "www.good.example", Type.A).getSection(Section.ANSWER)).hasSize(2);
        assertThat(dns.questions()).extracting(Question::transport).containsExactly(Transport.UDP, Transport.TCP);

        dns.heal().forgetQuestions();
        assertThat(ask(dns, "www.good.example", Type.A).getSection(Section.ANSWER)).hasSize(2);
        assertThat(dns.questions()).extracting(Question::toString).containsExactly("www.good.example A");
    }

    @Test
    void shouldNotAnswerWhenSilent() {
        SignedDns dns = start(SignedDns.world().zone("good.example").a("www", "127.0.0.2"));
        dns.fault("www.good.example", "A", Fault.silent());
        SimpleResolver impatient = client(dns);
        impatient.setTimeout(Duration.ofMillis(200));

        assertThatThrownBy(() -> impatient.send(query("www.good.example", Type.A))).isInstanceOf(IOException.class);
    }

    @Test
    void shouldSendWhatTheRewritesMakeOfAReply() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("good.example").a("www", "127.0.0.2"));
        dns.rewrite((query, reply, transport) -> {
            reply.removeAllRecords(Section.ANSWER);
            return reply;
        });
        assertThat(ask(dns, "www.good.example", Type.A).getSection(Section.ANSWER)).isEmpty();

        dns.heal().rewriteWire((query, reply, transport) -> {
            reply[3] |= Rcode.REFUSED;
            return List.of(reply);
        });
        assertThat(ask(dns, "www.good.example", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
    }

    @Test
    void shouldServeChangesAtOnce() throws IOException {
        SignedDns dns = start(SignedDns.world().zone("good.example").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]));
        assertThat(ask(dns, "_25._tcp.mx.good.example", Type.TLSA).getSection(Section.ANSWER)).hasSize(2);

        dns.zone("good.example").replaceTlsa("_25._tcp.mx", 3, 1, 2, new byte[64]);
        assertThat(ask(dns, "_25._tcp.mx.good.example", Type.TLSA).getSection(Section.ANSWER).get(0).rdataToString())
            .startsWith("3 1 2");
        assertThat(validate(dns, "_25._tcp.mx.good.example", Type.TLSA)).isEqualTo("NOERROR secure");

        dns.zone("good.example").remove("_25._tcp.mx", "TLSA");
        assertThat(validate(dns, "_25._tcp.mx.good.example", Type.TLSA)).isEqualTo("NXDOMAIN secure");

        dns.zone("good.example").algorithm(KeyAlgorithm.ED25519);
        assertThat(validate(dns, "ns.good.example", Type.A)).isEqualTo("NOERROR secure");
    }

    @Test
    void shouldAnswerManyQuestionsAtOnce() {
        SignedZone zone = SignedDns.world().zone("good.example");
        IntStream.range(0, 300).forEach(i -> zone.txt("t" + i, "text " + i));
        SignedDns dns = start(zone);

        SimpleResolver client = client(dns);
        client.setTimeout(Duration.ofSeconds(60));
        List<CompletableFuture<Message>> replies = IntStream.range(0, 300)
            .mapToObj(i -> client.sendAsync(query("t" + i + ".good.example", Type.TXT)).toCompletableFuture()).toList();

        assertThat(replies).allSatisfy(reply -> assertThat(reply.join().getSection(Section.ANSWER)).hasSize(2));
    }

    @Test
    void shouldFindKeysWhoseTagsCollide() {
        List<SigningKey> keys = SigningKey.colliding(KeyAlgorithm.ECDSA_P256);

        assertThat(keys).hasSize(2);
        assertThat(keys.get(0).tag()).isEqualTo(keys.get(1).tag());
        assertThat(keys.get(0).dnskey(Name.root, 0)).isNotEqualTo(keys.get(1).dnskey(Name.root, 0));
    }

    @Test
    void shouldGiveGenuineRecordsForReplay() {
        SignedWorld world = SignedDns.world().zone("good.example").a("www", "127.0.0.2").world();

        assertThat(world.signed("good.example", "www", "A")).hasSize(2).last().isInstanceOf(RRSIGRecord.class);
        assertThat(world.denial("good.example", "zz.good.example", "A")).extracting(Record::getType)
            .containsExactly(Type.SOA, Type.RRSIG, Type.NSEC, Type.RRSIG, Type.NSEC, Type.RRSIG);
        assertThatThrownBy(() -> world.signed("good.example", "no", "A")).hasMessageContaining("no.good.example");
    }

    @Test
    void shouldExportEveryZone() {
        SignedWorld world = SignedDns.world().zone("good.example").zone("plain.example").unsigned().world();

        Map<String, String> files = world.zoneFiles();

        assertThat(files.keySet()).containsExactly(".", "example.", "good.example.", "plain.example.");
        assertThat(Objects.requireNonNull(files.get("plain.example."))).doesNotContain("RRSIG");
    }
}
