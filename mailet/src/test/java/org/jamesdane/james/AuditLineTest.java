/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.diagnosis.MailWorld;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;

class AuditLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Credential HOST = TestPki.selfSigned("mx.example.org").issue();
    private static final Credential OTHER = TestPki.selfSigned("other").issue();
    private static final Path DOCUMENT = Path.of("../docs/audit-line.md");

    /** Lines of real attempts, with addresses. */
    private static List<JsonNode> lines(Credential shown, SmtpServerChange change) throws Exception {
        List<AuditEvent> events = new ArrayList<>();
        try (MailWorld world = new MailWorld("127.79.2"); SocketSmtpConnector connector = new SocketSmtpConnector()) {
            SmtpServerBuilder builder = world.builder().tls(shown.serverContext());
            change.apply(builder);
            world.mx(world.zone("example.org"), 10, "mx", "example.org", world.start(builder));
            world.tlsa(world.zone("example.org"), "mx", HOST, 3, 1);
            RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
            DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE), routing,
                TlsaSearch.InsecureMx.DANE), new DeliverySettings.Connection(world.port(), false, "client.example", BindAddresses.ANY,
                Timeouts.defaults().withEachStep(Duration.ofSeconds(20)), TlsOffer.DEFAULT), List.of(),
                DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
            ValidatingDns dns = world.validator(world.start(), Clock.systemUTC());
            new DeliveryAttempt(dns, connector, settings, events::add, Clock.systemUTC(), new Random(1))
                .deliver(TestMail.to("bob@example.org", "carol@example.org"));
        }
        List<JsonNode> lines = new ArrayList<>();
        for (AuditEvent event : events) {
            lines.add(JSON.readTree(AuditLine.of(event, "validate", true).toJson()));
        }
        return lines;
    }

    private interface SmtpServerChange {
        void apply(SmtpServerBuilder builder);
    }

    /** An event whose texts are as bad as can be. */
    private static AuditEvent event(String mail, List<String> recipients, RecipientReply reply) {
        Map<RecipientKey, RecipientReply> replies = new LinkedHashMap<>();
        recipients.forEach(recipient -> replies.put(new RecipientKey(recipient), reply));
        HostAttempt attempt = new HostAttempt.Transacted(new MxHost.Named(DomainName.of("mx.example.org"), 10),
            TestPermits.issue(Channel.clear(), SecurityLabel.CLEAR), replies);
        Envelope envelope = TestMail.to(recipients.toArray(String[]::new)).envelope();
        AuditEvent.Delivery delivery = new AuditEvent.Delivery(mail, envelope, NextHop.ofRecipientDomain("example.org", 25),
            new PolicySelection(Policy.DANE, "default"));
        return new AuditEvent(Instant.EPOCH, Duration.ofMillis(5), delivery, AuditEvent.Progress.NONE, attempt, List.of());
    }

    private static List<String> names(JsonNode line) {
        List<String> names = new ArrayList<>();
        for (Iterator<String> each = line.fieldNames(); each.hasNext();) {
            names.add(each.next());
        }
        return names;
    }

    @Test
    void shouldDescribeEveryFieldInTheDocumentAndNoOther() throws Exception {
        String document = Files.readString(DOCUMENT);

        List<String> described = Pattern.compile("(?m)^\\| `(\\w+)` \\|").matcher(document).results()
            .map(result -> result.group(1)).toList();

        assertThat(described).containsExactlyElementsOf(Arrays.stream(AuditField.values()).map(AuditField::toString).toList());
        assertThat(document).contains("\nSchema " + AuditLine.SCHEMA + ". ").contains("| `schema` | " + AuditLine.SCHEMA + " |");
        String success = document.substring(document.indexOf("org.jamesdane.success"), document.indexOf("Nothing of the message"));
        List<String> ofSuccess = Pattern.compile("`(\\w+)`").matcher(success).results()
            .map((MatchResult result) -> result.group(1)).toList();
        String json = AuditLine.of(event("m", List.of("a@b.example"), new RecipientReply.Accepted("250 ok")), "validate", true)
            .toSuccessJson();
        assertThat(ofSuccess).containsAll(names(JSON.readTree(json)));
        assertThat(ofSuccess).allSatisfy(name -> assertThat(AuditField.named(name)).isPresent());
    }

    @Test
    void shouldTellOfAMailThatIsToBlameForItsFailure() throws Exception {
        BlamedMail blamed = new BlamedMail(Instant.EPOCH, "mail-1", TestMail.to("bob@example.org").envelope(), Fault.CONTENT, 10,
            "The message can't be read");

        assertThat(AuditLine.of(blamed, false).toJson()).isEqualTo("{\"schema\":3,\"time\":\"1970-01-01T00:00:00Z\",\"mail\":\"mail-1\","
            + "\"senderDomain\":\"sender.example\",\"recipientDomains\":[\"example.org\"],\"recipients\":1,\"outcome\":\"blamed\","
            + "\"failure\":\"content\",\"failures\":10,\"text\":\"The message can't be read\"}");
        assertThat(AuditLine.of(blamed, true).toJson()).contains("bob@example.org");
        assertThat(AuditLine.of(blamed, true).isSuccess()).isFalse();
    }

    @Test
    void shouldTellAllOfAVerifiedDelivery() throws Exception {
        JsonNode line = lines(HOST, builder -> { }).get(0);

        assertThat(line.at("/schema").intValue()).isEqualTo(3);
        assertThat(Instant.parse(line.at("/time").textValue())).isBetween(Instant.now().minusSeconds(600), Instant.now());
        assertThat(line.at("/mail").textValue()).isEqualTo("mail-1");
        assertThat(line.at("/senderDomain").textValue()).isEqualTo("sender.example");
        assertThat(line.at("/recipientDomains").toString()).isEqualTo("[\"example.org\"]");
        assertThat(line.at("/recipients").intValue()).isEqualTo(2);
        assertThat(line.at("/nextHop").textValue()).isEqualTo("example.org");
        assertThat(line.at("/host").textValue()).isEqualTo("mx.example.org");
        assertThat(line.at("/policy").textValue() + line.at("/policySource").textValue()).isEqualTo("danedefault");
        assertThat(line.at("/resolverMode").textValue()).isEqualTo("validate");
        assertThat(line.at("/route").textValue() + " " + line.at("/routeSecurity").textValue()).isEqualTo("explicit-mx secure");
        assertThat(line.at("/tlsa").textValue() + " " + line.at("/baseDomain").textValue()).isEqualTo("usable mx.example.org");
        assertThat(line.at("/requirement").textValue() + " " + line.at("/serverName").textValue()).isEqualTo("dane mx.example.org");
        assertThat(line.at("/address").textValue()).isEqualTo("127.79.2.1");
        assertThat(line.at("/port").intValue()).isPositive();
        assertThat(line.at("/reused").isBoolean()).isTrue();
        assertThat(line.at("/openMillis").isIntegralNumber()).isTrue();
        assertThat(line.at("/tls").textValue()).isEqualTo("TLSv1.3");
        assertThat(line.at("/cipher").textValue()).startsWith("TLS_");
        assertThat(line.at("/certificate").textValue()).isEqualTo(HOST.association(3, 0, 1).data());
        assertThat(line.at("/spki").textValue()).isEqualTo(HOST.association(3, 1, 1).data());
        assertThat(line.at("/security").textValue() + " " + line.at("/namedBy").textValue()).isEqualTo("verified dnssec");
        assertThat(line.at("/matched").textValue()).isEqualTo(HOST.association(3, 1, 1).toString());
        assertThat(line.at("/matchedDepth").intValue()).isZero();
        assertThat(line.at("/outcome").textValue()).isEqualTo("transacted");
        assertThat(line.at("/accepted").intValue()).isEqualTo(2);
        assertThat(line.at("/reply").textValue()).startsWith("250");
        assertThat(names(line)).doesNotContain("failure", "verdicts", "refusals", "notes").allSatisfy(name ->
            assertThat(AuditField.named(name)).isPresent());
    }

    /** The line of an event with that part of MTA-STS. */
    private static JsonNode line(StsDiscovery discovery, StsRules.Part part, Optional<HostFailure> tested) throws Exception {
        AuditEvent plain = event("m", List.of("a@b.example"), new RecipientReply.Accepted("250 ok"));
        AuditEvent.Progress progress = plain.progress().judged(new TlsaDiscovery.Absent(List.of()), new TlsRequirement.Opportunistic(
            new MxHost.Named(DomainName.of("mx.example.org"), 10)), new AuditEvent.Sts(discovery, part, tested));
        return JSON.readTree(AuditLine.of(new AuditEvent(plain.started(), plain.took(), plain.delivery(), progress, plain.attempt(),
            List.of()), "validate", false).toJson());
    }

    @Test
    void shouldTellWhichPolicyOfMtaStsHadAPart() throws Exception {
        StsPolicy policy = ((StsPolicy.Read) StsPolicy.read("version: STSv1\nmode: testing\nmx: *.example.org\nmax_age: 86400\n"
            .getBytes(StandardCharsets.US_ASCII))).policy();
        StsDiscovery found = new StsDiscovery.Found(new CachedPolicy("20261201", policy, Instant.EPOCH, Instant.EPOCH, Optional.empty(),
            Instant.EPOCH));
        HostFailure failure = HostFailure.stsMismatch("mx.example.org", "it is not named");

        JsonNode line = line(found, StsRules.Part.REPORT, Optional.of(failure));

        assertThat(line.at("/sts").textValue()).isEqualTo("testing");
        assertThat(line.at("/stsPolicy").textValue()).isEqualTo("20261201");
        assertThat(line.at("/stsFetched").textValue()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(line.at("/stsPart").textValue()).isEqualTo("report");
        assertThat(line.at("/stsFailure").textValue()).isEqualTo("sts-mx-mismatch");
        assertThat(line.at("/stsText").textValue()).startsWith("mx.example.org: it is not named; ");
    }

    @Test
    void shouldTellWhyNoPolicyOfMtaStsApplies() throws Exception {
        JsonNode none = line(new StsDiscovery.None(StsDiscovery.NoneBecause.FETCH_FAILED), StsRules.Part.NONE, Optional.empty());
        JsonNode leftOut = line(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.POLICY), StsRules.Part.NONE, Optional.empty());
        JsonNode off = line(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.OFF), StsRules.Part.NONE, Optional.empty());

        assertThat(none.at("/sts").textValue() + " " + none.at("/stsWhy").textValue()).isEqualTo("no-policy fetch-failed");
        assertThat(leftOut.at("/sts").textValue() + " " + leftOut.at("/stsWhy").textValue()).isEqualTo("not-asked policy");
        assertThat(line(new StsDiscovery.Unreadable("no disk"), StsRules.Part.NONE, Optional.empty()).at("/sts").textValue())
            .isEqualTo("unreadable");
        assertThat(names(off)).noneMatch(name -> name.startsWith("sts"));
    }

    @Test
    void shouldTellWhyAHostWasNotAuthenticated() throws Exception {
        JsonNode line = lines(OTHER, builder -> { }).get(0);

        assertThat(line.at("/outcome").textValue()).isEqualTo("failed");
        assertThat(line.at("/failure").textValue()).isEqualTo("not-authenticated");
        assertThat(line.at("/resultType").textValue()).isEqualTo("validation-failure");
        assertThat(line.at("/code").textValue()).isEqualTo("4.7.5");
        assertThat(line.at("/text").textValue()).contains("no TLSA record matches")
            .endsWith("make the TLSA records and the certificate agree");
        assertThat(line.at("/verdicts/0").textValue()).isEqualTo(HOST.association(3, 1, 1) + ": the server's certificate is another one");
        assertThat(line.at("/spki").textValue()).isEqualTo(OTHER.association(3, 1, 1).data());
        assertThat(names(line)).doesNotContain("accepted", "security", "matched");
    }

    @Test
    void shouldTellRefusalsWithTheirCodes() throws Exception {
        JsonNode line = lines(HOST, builder -> builder.replyTo("carol@example.org", "550 5.1.1 No such user")).get(0);

        assertThat(line.at("/accepted").intValue()).isEqualTo(1);
        assertThat(line.at("/code").textValue()).isEqualTo("5.1.1");
        assertThat(line.at("/refusals").toString()).contains("550").contains("No such user");
    }

    @Test
    void shouldNameAddressesOnlyWhereThatIsConfigured() throws Exception {
        AuditEvent event = event("m", List.of("bob@example.org", "carol@example.org"), new RecipientReply.Accepted("250 2.0.0 ok"));

        JsonNode with = JSON.readTree(AuditLine.of(event, "validate", true).toJson());
        String without = AuditLine.of(event, "validate", false).toJson();

        assertThat(with.at("/sender").textValue()).isEqualTo("alice@sender.example");
        assertThat(with.at("/recipientAddresses").toString()).isEqualTo("[\"bob@example.org\",\"carol@example.org\"]");
        assertThat(without).doesNotContain("@").doesNotContain("bob").doesNotContain("carol").doesNotContain("alice");
        assertThat(AuditLine.of(event, "validate", true).toSuccessJson()).doesNotContain("bob").doesNotContain("alice")
            .contains("\"accepted\":2").contains("\"reply\":\"250 2.0.0 ok\"");
        assertThat(with.at("/code").textValue()).isEqualTo("2.0.0");
    }

    @Test
    void shouldStayOneLineOfPrintableAsciiWhateverIsInIt() throws Exception {
        String evil = "250 ok\r\n{\"schema\":2}\n\u0000\u001b[2J\u0085\u2028\u2029\u202e\u2066\ud800\"\\\u00e4";

        for (RecipientReply reply : List.of(new RecipientReply.Accepted(evil), new RecipientReply.Rejected(550, Optional.empty(), evil))) {
            AuditLine line = AuditLine.of(event("mail\n" + evil, List.of("a@b.example"), reply), "validate", true);

            assertThat(line.toJson()).matches("[ -~]+");
            assertThat(line.toSuccessJson()).matches("[ -~]+");
            assertThat(JSON.readTree(line.toJson()).at("/mail").textValue()).isEqualTo("mail\n" + evil);
        }
    }

    @Test
    void shouldStayShortWhateverIsInIt() throws Exception {
        List<String> recipients = IntStream.range(0, 2000)
            .mapToObj(i -> "\u00e4".repeat(60) + i + "@" + "b".repeat(57) + i + ".example").toList();
        RecipientReply reply = new RecipientReply.Rejected(450, Optional.empty(), "\u2028".repeat(9_000));
        AuditEvent event = event("m".repeat(100_000), recipients, reply);

        String line = AuditLine.of(event, "validate", true).toJson();

        assertThat(line.length()).isLessThan(65_536);
        JsonNode tree = JSON.readTree(line);
        assertThat(tree.at("/recipients").intValue()).isEqualTo(2000);
        assertThat(tree.at("/recipientAddresses").size()).isEqualTo(AuditLine.MAX_ENTRIES + 1);
        assertThat(tree.at("/recipientAddresses/" + AuditLine.MAX_ENTRIES).textValue()).isEqualTo("and 1980 more");
    }

    @Test
    void shouldCallASuccessOnlyWhatAHostTook() {
        assertThat(AuditLine.of(event("m", List.of("a@b.example"), new RecipientReply.Accepted("250 ok")), "validate", false).isSuccess())
            .isTrue();
        assertThat(AuditLine.of(event("m", List.of("a@b.example"), new RecipientReply.Rejected(550, Optional.empty(), "no")), "validate",
            false).isSuccess()).isFalse();
    }
}
