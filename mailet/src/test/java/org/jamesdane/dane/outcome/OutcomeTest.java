/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutcomeTest extends OutcomeBed {
    private static final MxHost HOST = new MxHost.Named(DomainName.of("mx1.example.com"), 10);
    private static final RecipientKey A = new RecipientKey("a");
    private static final RecipientKey B = new RecipientKey("b");
    private static final RecipientKey C = new RecipientKey("c");
    private static final RecipientKey D = new RecipientKey("d");
    private static final RecipientKey E = new RecipientKey("e");

    private static Outcome.Reason reason(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred ? deferred.reason() : ((Outcome.Bounced) outcome).reason();
    }

    @Test
    void shouldDecideForEachRecipient() {
        List<HostAttempt> attempts = List.of(
            transacted(HOST, Map.of(A, new RecipientReply.Accepted("250 ok"), B, rejected(550), C, rejected(450), D,
                rejected(450))),
            transacted(OTHER, Map.of(C, new RecipientReply.Accepted("250 later"), D, rejected(452))));

        List<Outcome> outcomes = OutcomeRules.conclude(List.of(D, A, B, C, A), attempts, Policy.DANE);

        assertThat(outcomes).extracting(Outcome::recipient).containsExactly(D, A, B, C);
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Deferred.class);
        assertThat(reason(outcomes.get(0)).text()).isEqualTo("450 no");
        assertThat(reason(outcomes.get(0)).host()).isEqualTo("mx1.example.com");
        assertThat(outcomes.get(1)).isEqualTo(new Outcome.Delivered(A, "mx1.example.com", SecurityLabel.CLEAR, "250 ok"));
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Bounced.class);
        assertThat(outcomes.get(3)).isEqualTo(new Outcome.Delivered(C, "mx2.example.com", SecurityLabel.CLEAR, "250 later"));
    }

    @Test
    void shouldTryTheNextHostOnlyForWhomItIsStillOpen() {
        List<HostAttempt> attempts = List.of(failed(FailureKind.UNREACHABLE, "mx0"), transacted(HOST, Map.of(
            A, new RecipientReply.Accepted("250 ok"), B, rejected(550), C, rejected(450),
            D, new RecipientReply.Interrupted(HostFailure.connectionLost("mx1", "lost")))));

        assertThat(OutcomeRules.remaining(List.of(E, D, C, B, A), attempts)).containsExactly(E, D, C);
        assertThat(OutcomeRules.remaining(List.of(A), List.of())).containsExactly(A);
    }

    @Test
    void shouldNotLetALaterHostChangeWhatIsFinal() {
        List<HostAttempt> attempts = List.of(transacted(HOST, Map.of(A, rejected(550))),
            transacted(OTHER, Map.of(A, new RecipientReply.Accepted("250 ok"))));

        assertThat(OutcomeRules.conclude(List.of(A), attempts, Policy.DANE)).hasOnlyElementsOfType(Outcome.Bounced.class);
    }

    @ParameterizedTest
    @EnumSource(value = FailureKind.class, names = {"NO_ADDRESS", "NO_ADDRESS_INSECURE", "SPECIAL_ADDRESS", "REQUIRETLS_MISSING",
        "REQUIRETLS_UNMET", "EIGHTBIT_MISSING", "SMTPUTF8_MISSING", "CONTENT_REFUSED", "TOO_LARGE"}, mode = EnumSource.Mode.EXCLUDE)
    void shouldNeverBounceForAFailedHost(FailureKind kind) {
        for (Policy policy : List.of(Policy.DANE, Policy.AUTHENTICATED, Policy.DANE_ONLY, Policy.MAY)) {
            Outcome outcome = only(List.of(failed(kind, "mx1")), policy);

            assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
            assertThat(reason(outcome).code()).isEqualTo(kind.code());
            assertThat(reason(outcome).code().isPermanent()).isFalse();
            assertThat(reason(outcome).reportType()).isEqualTo(kind.reportType());
            assertThat(reason(outcome).ownFault()).isEqualTo(kind == FailureKind.INTERNAL);
            assertThat(reason(outcome).failures()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"CONTENT_REFUSED, 5.6.0", "TOO_LARGE, 5.3.4"})
    void shouldBounceAtOnceWhatNoHostIsAskedFor(FailureKind kind, String code) {
        Outcome outcome = only(List.of(failed(FailureKind.UNREACHABLE, "mx1"), failed(kind, "mx2")), Policy.DANE);

        assertThat(outcome).isInstanceOf(Outcome.Bounced.class);
        assertThat(reason(outcome).code()).hasToString(code);
        // RFC 3464 §2.3.6: it is no reply of the host's.
        assertThat(reason(outcome).replyCode()).isEmpty();
        assertThat(reason(outcome).witness().reply()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = FailureKind.class, names = {"CONTENT_REFUSED", "TOO_LARGE"}, mode = EnumSource.Mode.EXCLUDE)
    void shouldNeverBounceWhileAnotherHostMayTakeIt(FailureKind kind) {
        for (FailureKind other : List.of(FailureKind.UNREACHABLE, FailureKind.ADDRESS_LOOKUP, FailureKind.NOT_AUTHENTICATED)) {
            Outcome outcome = only(List.of(failed(kind, "mx1"), failed(other, "mx2")), Policy.DANE);

            assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
            assertThat(reason(outcome).code().isPermanent()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(value = FailureKind.class, names = {"NO_ADDRESS", "NO_ADDRESS_INSECURE", "SPECIAL_ADDRESS"})
    void shouldBounceIfNoHostHasAnAddress(FailureKind kind) {
        assertThat(only(List.of(failed(kind, "mx1"), failed(FailureKind.NO_ADDRESS, "mx2")),
            Policy.DANE)).isInstanceOf(Outcome.Bounced.class);

        for (Policy policy : List.of(Policy.AUTHENTICATED, Policy.DANE_ONLY)) {
            Outcome demanding = only(List.of(failed(kind, "mx1")), policy);
            // Where MTA-STS may prove a host, unsigned MX records may have named this one.
            boolean certain = kind == FailureKind.NO_ADDRESS && policy.equals(Policy.DANE_ONLY);
            assertThat(demanding).isInstanceOf(certain ? Outcome.Bounced.class : Outcome.Deferred.class);
            assertThat(reason(demanding).code()).hasToString(certain ? "5.4.4" : "4.4.4");
        }
    }

    @Test
    void shouldBounceIfEveryHostLacksRequireTls() {
        Outcome all = only(List.of(failed(FailureKind.REQUIRETLS_MISSING, "mx1"), failed(FailureKind.REQUIRETLS_MISSING, "mx2")),
            Policy.DANE_ONLY);

        assertThat(all).isInstanceOf(Outcome.Bounced.class);
        assertThat(reason(all).code()).hasToString("5.7.30");
        // RFC 8689 §4.2.1: a failure of any step is told to the sender when no host is left.
        Outcome unmet = only(List.of(failed(FailureKind.REQUIRETLS_UNMET, "mx1")), Policy.DANE);
        assertThat(unmet).isInstanceOf(Outcome.Bounced.class);
        assertThat(reason(unmet).code()).hasToString("5.7.10");
        Outcome both = only(List.of(failed(FailureKind.REQUIRETLS_UNMET, "mx1"), failed(FailureKind.REQUIRETLS_MISSING, "mx2")),
            Policy.DANE);
        assertThat(reason(both).code()).hasToString("5.7.30");
        Outcome mixed = only(List.of(failed(FailureKind.NO_ADDRESS, "mx1"), failed(FailureKind.REQUIRETLS_MISSING, "mx2")),
            Policy.DANE_ONLY);
        assertThat(mixed).isInstanceOf(Outcome.Bounced.class);
        assertThat(reason(mixed).code()).hasToString("5.7.30");
        Outcome hearsay = only(List.of(failed(FailureKind.NO_ADDRESS_INSECURE, "mx1"), failed(FailureKind.REQUIRETLS_MISSING, "mx2")),
            Policy.DANE_ONLY);
        assertThat(hearsay).isInstanceOf(Outcome.Deferred.class);
    }

    @Test
    void shouldShowTheMostTellingFailure() {
        List<FailureKind> inOrder = List.of(FailureKind.NOT_AUTHENTICATED, FailureKind.TLSA_LOOKUP, FailureKind.DANE_REQUIRED,
            FailureKind.STARTTLS_MISSING, FailureKind.HANDSHAKE, FailureKind.EARLY_REPLY, FailureKind.CONNECTION_LOST,
            FailureKind.UNREACHABLE, FailureKind.ADDRESS_LOOKUP);
        for (int i = 0; i + 1 < inOrder.size(); i++) {
            Outcome outcome = only(List.of(failed(inOrder.get(i + 1), "mx1"), failed(inOrder.get(i), "mx2")), Policy.DANE);

            assertThat(reason(outcome).code()).isEqualTo(inOrder.get(i).code());
            assertThat(reason(outcome).host()).isEqualTo("mx2");
            assertThat(reason(outcome).failures()).extracting(HostFailure::host).containsExactly("mx1", "mx2");
        }
    }

    @Test
    void shouldShowWhatKeepsTheMailRatherThanWhatIsForGoodElsewhere() {
        Outcome outcome = only(List.of(failed(FailureKind.REQUIRETLS_MISSING, "mx1"), failed(FailureKind.UNREACHABLE, "mx2")), Policy.DANE);

        assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
        assertThat(reason(outcome).host()).isEqualTo("mx2");
        assertThat(reason(outcome).text()).startsWith("mx2: ");
        assertThat(reason(outcome).code()).hasToString("4.4.1");
    }

    @Test
    void shouldBeAtFaultOnlyIfNobodyElseIs() {
        HostAttempt own = new HostAttempt.Failed(HostFailure.internal("mx1", "the disk is full"));

        assertThat(reason(only(List.of(own, own), Policy.DANE)).ownFault()).isTrue();
        Outcome mixed = only(List.of(own, failed(FailureKind.ADDRESS_LOOKUP, "mx2")), Policy.DANE);
        assertThat(reason(mixed).ownFault()).isFalse();
        assertThat(reason(mixed).code()).hasToString("4.4.3");
    }

    @Test
    void shouldBeAtFaultIfTheOthersHadNothingToConnectTo() {
        HostAttempt own = new HostAttempt.Failed(HostFailure.internal("mx2", "the disk is full"));

        Outcome mixed = only(List.of(failed(FailureKind.NO_ADDRESS, "mx1"), own), Policy.DANE);

        assertThat(mixed).isInstanceOf(Outcome.Deferred.class);
        assertThat(reason(mixed).ownFault()).isTrue();
        assertThat(reason(mixed).failures()).hasSize(2);
    }

    @Test
    void shouldShowTheOthersFailureBeforeOurOwn() {
        HostFailure own = HostFailure.lookup(FailureKind.TLSA_LOOKUP, "mx1", "the TLSA records",
            new Lookup.Failed<AddressRecord>(DomainName.ROOT, Lookup.Reason.NOT_READY, Optional.empty(), "closed", OptionalInt.empty()),
            RfcSection.LOOKUP_FAILURE);

        Outcome mixed = only(List.of(new HostAttempt.Failed(own), failed(FailureKind.UNREACHABLE, "mx2")), Policy.DANE);

        assertThat(reason(mixed).host()).isEqualTo("mx2");
    }

    @Test
    void shouldTakeNoAttemptAtAllForAFaultOfOurOwn() {
        assertThat(reason(only(List.of(), Policy.DANE)).ownFault()).isTrue();
        assertThat(reason(only(List.of(), Policy.DANE)).code()).hasToString("4.3.0");
        assertThat(reason(only(List.of(transacted(HOST, Map.of())), Policy.DANE)).text()).contains("no host was tried");
    }

    @Test
    void shouldTellWhereItWasLostOnTheWay() {
        Outcome outcome = only(List.of(transacted(HOST, Map.of(RECIPIENT,
            new RecipientReply.Interrupted(HostFailure.connectionLost("mx1.example.com", "it closed the connection"))))), Policy.DANE);

        assertThat(reason(outcome).text()).isEqualTo("mx1.example.com: it closed the connection; it is tried again later");
        assertThat(reason(outcome).code()).hasToString("4.4.2");
    }

    @Test
    void shouldConcludeWithoutARoute() {
        Routing.NoRoute none = new Routing.NullMx(DomainName.of("example.com"), "takes no mail");
        Routing.NoRoute later = new Routing.Deferred(HostFailure.of(FailureKind.DANE_REQUIRED, "example.com", "unsigned",
            RfcSection.MX_RESOLUTION));

        assertThat(OutcomeRules.conclude(List.of(A, B, A), none, "example.com")).hasSize(2)
            .allSatisfy(outcome -> {
                assertThat(outcome).isInstanceOf(Outcome.Bounced.class);
                assertThat(reason(outcome).text()).isEqualTo("takes no mail");
                assertThat(reason(outcome).failures()).isEmpty();
                assertThat(reason(outcome).ownFault()).isFalse();
                assertThat(reason(outcome).host()).isEqualTo("example.com");
            });
        assertThat(OutcomeRules.conclude(List.of(A), later, "example.com")).singleElement().satisfies(outcome -> {
            assertThat(outcome).isInstanceOf(Outcome.Deferred.class);
            assertThat(reason(outcome).reportType()).contains(TlsReportType.DANE_REQUIRED);
            assertThat(reason(outcome).failures()).hasSize(1);
            assertThat(reason(outcome).section()).hasToString("RFC 7672 §2.2.1");
        });
    }

    @Test
    void shouldTakeTheCodeOfAReplyOnlyIfItFits() {
        assertThat(new RecipientReply.Rejected(550, Optional.of(new EnhancedStatusCode(5, 1, 1)), "x").enhancedCode()).hasToString("5.1.1");
        assertThat(new RecipientReply.Rejected(550, Optional.of(new EnhancedStatusCode(4, 1, 1)), "x").enhancedCode()).hasToString("5.0.0");
        assertThat(new RecipientReply.Rejected(499, Optional.empty(), "x").enhancedCode()).hasToString("4.0.0");
        assertThat(new RecipientReply.Rejected(499, Optional.empty(), "x").isPermanent()).isFalse();
        assertThat(new RecipientReply.Rejected(500, Optional.empty(), "x").isPermanent()).isTrue();
        assertThatThrownBy(() -> new RecipientReply.Rejected(399, Optional.empty(), "x")).hasMessageContaining("399");
        assertThatThrownBy(() -> new RecipientReply.Rejected(600, Optional.empty(), "x")).hasMessageContaining("600");
        assertThat(new RecipientReply.Rejected(400, Optional.empty(), "x").code()).isEqualTo(400);
        assertThat(new RecipientReply.Rejected(599, Optional.empty(), "x").code()).isEqualTo(599);
    }

    @Test
    void shouldCheckEnhancedCodes() {
        assertThat(new EnhancedStatusCode(2, 0, 999)).hasToString("2.0.999");
        assertThat(new EnhancedStatusCode(5, 999, 0).isPermanent()).isTrue();
        assertThat(new EnhancedStatusCode(4, 0, 0).isPermanent()).isFalse();
        assertThatThrownBy(() -> new EnhancedStatusCode(3, 0, 0)).hasMessage("The class of an enhanced status code is 2, 4 or 5, not 3");
        assertThatThrownBy(() -> new EnhancedStatusCode(4, 1000, 0))
            .hasMessage("The subject of an enhanced status code is 0 to 999, not 1000");
        assertThatThrownBy(() -> new EnhancedStatusCode(4, 0, -1)).hasMessage("The detail of an enhanced status code is 0 to 999, not -1");
    }

    @Test
    void shouldReadEnhancedCodes() {
        assertThat(EnhancedStatusCode.parse("5.1.10")).isEqualTo(new EnhancedStatusCode(5, 1, 10));
        assertThat(EnhancedStatusCode.parse("2.0.0")).hasToString("2.0.0");
        for (String wrong : List.of("", "5.1", "5.1.1.1", "5.x.1", "3.0.0", "5..1", "5.1.1000")) {
            assertThatThrownBy(() -> EnhancedStatusCode.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> EnhancedStatusCode.parse("5.1")).hasMessage("\"5.1\" is no enhanced status code");
    }

    @Test
    void shouldSayWhatToDo() {
        assertThat(HostFailure.requireTlsMissing("mx").sentence()).isEqualTo(
            "mx: it does not offer REQUIRETLS, which the mail demands; the sender can send it again without REQUIRETLS");
        assertThat(HostFailure.requireTlsMissing("mx").code()).hasToString("5.7.30");
        assertThat(HostFailure.startTlsMissing("mx").sentence())
            .isEqualTo("mx: it does not offer STARTTLS, which is required; its operator has to switch STARTTLS on");
        assertThat(HostFailure.startTlsRefused("mx", "454 no").text()).isEqualTo("it refused STARTTLS, which is required: 454 no");
        assertThat(HostFailure.startTlsRefused("mx", "454 no").code()).hasToString("4.7.4");
        assertThat(HostFailure.handshake("mx", "alert").text()).isEqualTo("the TLS handshake failed: alert");
        assertThat(HostFailure.protocol("mx", "nonsense").code()).hasToString("4.5.0");
        assertThat(HostFailure.earlyReply("mx", "554").section()).hasToString("RFC 7672 §2.2");
        assertThat(HostFailure.unreachable("mx", "refused").code()).hasToString("4.4.1");
        Lookup.Failed<AddressRecord> lookup = new Lookup.Failed<>(DomainName.of("mx"), Lookup.Reason.BOGUS,
            Optional.of(DomainName.of("example.com")), "a signature is expired", OptionalInt.of(7));
        assertThat(HostFailure.lookup(FailureKind.ADDRESS_LOOKUP, "mx", "its address", lookup, RfcSection.LOOKUP_FAILURE).text()).isEqualTo(
            "its address could not be looked up: BOGUS, a signature is expired (zone example.com) (extended DNS error 7)");
    }

    @Test
    void shouldNotWaitForADeadAddressOfAHostWithoutRequireTls() {
        Outcome outcome = only(List.of(failed(FailureKind.UNREACHABLE, "mx1"), failed(FailureKind.REQUIRETLS_MISSING, "mx1")), Policy.DANE);
        assertThat(outcome).isInstanceOf(Outcome.Bounced.class);
        assertThat(reason(outcome).code()).hasToString("5.7.30");

        assertThat(only(List.of(failed(FailureKind.UNREACHABLE, "mx2"), failed(FailureKind.REQUIRETLS_MISSING, "mx1")), Policy.DANE))
            .isInstanceOf(Outcome.Deferred.class);
    }

    @Property
    void shouldGiveEveryRecipientExactlyOneOutcome(@ForAll("attempts") List<HostAttempt> attempts) {
        List<RecipientKey> recipients = List.of(A, B);

        List<Outcome> outcomes = OutcomeRules.conclude(recipients, attempts, Policy.DANE);

        assertThat(outcomes).extracting(Outcome::recipient).isEqualTo(recipients);
        outcomes.forEach(outcome -> {
            boolean open = OutcomeRules.remaining(recipients, attempts).contains(outcome.recipient());
            if (outcome instanceof Outcome.Delivered) {
                assertThat(open).isFalse();
            } else {
                assertThat(reason(outcome).code().isPermanent()).isEqualTo(outcome instanceof Outcome.Bounced);
            }
        });
    }

    @Provide
    Arbitrary<List<HostAttempt>> attempts() {
        Arbitrary<HostAttempt> failures = Arbitraries.of(FailureKind.values()).map(kind -> failed(kind, "mx"));
        Arbitrary<RecipientReply> replies = Arbitraries.of(new RecipientReply.Accepted("250 ok"), rejected(450), rejected(550),
            new RecipientReply.Interrupted(HostFailure.connectionLost("mx", "lost")));
        Arbitrary<HostAttempt> transactions = Arbitraries.maps(Arbitraries.of(A, B), replies).map(each -> transacted(HOST, each));
        return Arbitraries.oneOf(failures, transactions).list().ofMaxSize(5);
    }
}
