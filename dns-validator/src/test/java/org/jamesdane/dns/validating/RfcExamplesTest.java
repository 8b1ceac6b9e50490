/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dns.Proof;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.NoCut;
import org.jamesdane.dns.validating.ZoneStatus.NoCutBelow;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.xbill.DNS.Type;

/** The examples that RFC 4035 Appendix B and RFC 5155 Appendix B print, from their signed zones. */
class RfcExamplesTest {

    @Nested
    class Nsec {
        private final RfcZone rfc = RfcZone.rfc4035();

        @TestFactory
        Stream<DynamicTest> shouldVerifyEverySignatureOfTheZone() {
            return rfc.signed().stream().map(set -> DynamicTest.dynamicTest(set.toString(),
                () -> assertThat(rfc.verify(set).owner()).isEqualTo(set.owner())));
        }

        @Test
        void shouldNotVerifyAnRrsetThatLacksARecord() {
            SignedRrset keys = rfc.set("example.", Type.DNSKEY);
            SignedRrset less = new SignedRrset(keys.owner(), keys.type(), keys.records().subList(0, 1), keys.signatures());

            assertThatThrownBy(() -> rfc.verify(less)).isInstanceOf(LookupFailure.class)
                .hasMessage("the signature over example. DNSKEY does not verify");
        }

        /** Appendix B.2. */
        @Test
        void shouldProveANameError() {
            assertThat(rfc.prove("ml.example.", Type.A, rfc.set("b.example.", Type.NSEC), rfc.set("example.", Type.NSEC)))
                .isInstanceOf(Denial.NameError.class);
        }

        @Test
        void shouldNotProveANameErrorWithoutTheDenialOfTheWildcard() {
            assertThat(rfc.prove("ml.example.", Type.A, rfc.set("b.example.", Type.NSEC)))
                .isEqualTo(new Denial.Unproven("no NSEC record denies the wildcard *.example."));
        }

        /** Appendix B.3. */
        @Test
        void shouldProveNoData() {
            assertThat(rfc.prove("ns1.example.", Type.MX, rfc.set("ns1.example.", Type.NSEC))).isInstanceOf(Denial.NoData.class);
        }

        @Test
        void shouldNotProveNoDataForATypeThatIsThere() {
            assertThat(rfc.prove("ns1.example.", Type.A, rfc.set("ns1.example.", Type.NSEC))).isInstanceOf(Denial.Unproven.class);
        }

        /** Appendix B.4: the delegation a.example has a DS. */
        @Test
        void shouldFindTheDsOfASignedZone() {
            assertThat(rfc.verify(rfc.set("a.example.", Type.DS)).isExpanded()).isFalse();
            assertThatThrownBy(() -> rfc.judgeDs("a.example.", rfc.set("a.example.", Type.NSEC))).isInstanceOf(LookupFailure.class)
                .hasMessageContaining("the denial says that the records or an alias exist");
        }

        /** Appendix B.5. */
        @Test
        void shouldProveAnUnsignedDelegation() {
            DelegationJudge.Verdict verdict = rfc.judgeDs("b.example.", rfc.set("b.example.", Type.NSEC));

            assertThat(verdict).isInstanceOfSatisfying(DelegationJudge.Verdict.Settled.class, settled ->
                assertThat(settled.step()).isInstanceOfSatisfying(InsecureZone.class, insecure ->
                    assertThat(insecure.proof().cause()).isEqualTo(Proof.Cause.UNSIGNED_DELEGATION)));
        }

        @Test
        void shouldNotProveAnUnsignedDelegationByTheRecordOfAnotherName() {
            assertThatThrownBy(() -> rfc.judgeDs("a.example.", rfc.set("b.example.", Type.NSEC))).isInstanceOf(LookupFailure.class);
        }

        @Test
        void shouldFindNoCutAtAHostOrAnEmptyNonTerminal() {
            assertThat(step(rfc.judgeDs("ns1.example.", rfc.set("ns1.example.", Type.NSEC)))).isInstanceOf(NoCut.class);
            assertThat(step(rfc.judgeDs("w.example.", rfc.set("ns2.example.", Type.NSEC)))).isInstanceOf(NoCut.class);
        }

        @Test
        void shouldFindNoCutAtOrBelowANameThatDoesNotExist() {
            assertThat(step(rfc.judgeDs("ml.example.", rfc.set("b.example.", Type.NSEC), rfc.set("example.", Type.NSEC))))
                .isInstanceOf(NoCutBelow.class);
        }

        /** Appendix B.6. */
        @Test
        void shouldProveAWildcardAnswer() {
            SignedRrset answer = RfcZone.expanded(rfc.set("*.w.example.", Type.MX), "a.z.w.example.");

            Answer judged = rfc.judge("a.z.w.example.", Type.MX, Optional.of(answer), rfc.set("x.y.w.example.", Type.NSEC));

            assertThat(judged.kind()).isEqualTo(Answer.Kind.FOUND);
            assertThat(judged.proof().security()).isEqualTo(Security.SECURE);
        }

        @Test
        void shouldNotTakeAWildcardAnswerWithoutItsDenial() {
            SignedRrset answer = RfcZone.expanded(rfc.set("*.w.example.", Type.MX), "a.z.w.example.");

            assertThatThrownBy(() -> rfc.judge("a.z.w.example.", Type.MX, Optional.of(answer))).isInstanceOf(LookupFailure.class)
                .hasMessageContaining("no NSEC record denies the next closer name z.w.example.");
        }

        /** Appendix B.7. */
        @Test
        void shouldProveNoDataAtAWildcard() {
            assertThat(rfc.prove("a.z.w.example.", Type.AAAA, rfc.set("x.y.w.example.", Type.NSEC),
                rfc.set("*.w.example.", Type.NSEC))).isInstanceOf(Denial.NoData.class);
        }

        /** Appendix B.8: the answer of the child for its own DS is no proof; here the apex itself, asked as if it were below. */
        @Test
        void shouldNotTakeTheApexForADenialOfItsDs() {
            assertThat(rfc.prove("example.", Type.DS, rfc.set("example.", Type.NSEC)))
                .isEqualTo(new Denial.Unproven("the denial of the DS is by the child zone"));
        }
    }

    @Nested
    class Nsec3 {
        private static final String H_EXAMPLE = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
        private static final String H_NS1 = "2t7b4g4vsa5smi47k61mv5bv1a22bojr";
        private static final String H_A = "35mthgpgcu1qg68fab165klnsnk3dpvl";
        private static final String H_X_W = "b4um86eghhds6nea196smvmlo4ors995";
        private static final String H_Y_W = "ji6neoaepv8b5o6k4ev33abha8ht9fgc";
        private static final String H_W = "k8udemvp1j2f7eg6jebps17vp3n8i58h";
        private static final String H_NS2 = "q04jkcevqvmu85r014c7dkba38o0ji5r";
        private static final String H_WILDCARD_W = "r53bq7cc2uvmubfu5ocmm6pers9tk9en";

        private final RfcZone rfc = RfcZone.rfc5155();

        @TestFactory
        Stream<DynamicTest> shouldVerifyEverySignatureOfTheZone() {
            return rfc.signed().stream().map(set -> DynamicTest.dynamicTest(set.toString(),
                () -> assertThat(rfc.verify(set).owner()).isEqualTo(set.owner())));
        }

        /** Appendix B.1: the next closer name c.x.w.example is covered by the record at H(x.w.example)'s predecessor, with Opt-Out. */
        @Test
        void shouldProveThatANameIsAbsentOrAnUnsignedDelegation() {
            assertThat(rfc.prove("a.c.x.w.example.", Type.A, rfc.hashed(H_EXAMPLE), rfc.hashed(H_X_W), rfc.hashed(H_A)))
                .isInstanceOf(Denial.OptOut.class);
        }

        @Test
        void shouldProveNothingWithoutTheClosestEncloser() {
            assertThat(rfc.prove("a.c.x.w.example.", Type.A, rfc.hashed(H_EXAMPLE), rfc.hashed(H_A)))
                .isInstanceOf(Denial.Unproven.class);
        }

        @Test
        void shouldProveNothingWithoutTheCoverOfTheNextCloserName() {
            assertThat(rfc.prove("a.c.x.w.example.", Type.A, rfc.hashed(H_X_W), rfc.hashed(H_A)))
                .isEqualTo(new Denial.Unproven("no NSEC3 record covers the next closer name c.x.w.example."));
        }

        /** Appendix B.2. */
        @Test
        void shouldProveNoData() {
            assertThat(rfc.prove("ns1.example.", Type.MX, rfc.hashed(H_NS1))).isInstanceOf(Denial.NoData.class);
        }

        /** Appendix B.2.1. */
        @Test
        void shouldProveNoDataAtAnEmptyNonTerminal() {
            assertThat(rfc.prove("y.w.example.", Type.A, rfc.hashed(H_Y_W))).isInstanceOf(Denial.NoData.class);
        }

        /** Appendix B.3. */
        @Test
        void shouldProveAnOptedOutDelegation() {
            DelegationJudge.Verdict verdict = rfc.judgeDs("c.example.", rfc.hashed(H_A), rfc.hashed(H_EXAMPLE));

            assertThat(step(verdict)).isInstanceOfSatisfying(InsecureZone.class,
                insecure -> assertThat(insecure.proof().cause()).isEqualTo(Proof.Cause.OPT_OUT));
        }

        @Test
        void shouldNotProveTheSignedDelegationOptedOut() {
            assertThatThrownBy(() -> rfc.judgeDs("a.example.", rfc.hashed(H_A), rfc.hashed(H_EXAMPLE), rfc.hashed(H_X_W)))
                .isInstanceOf(LookupFailure.class);
        }

        /** Appendix B.4: z.w.example is covered by a record with Opt-Out, so that RFC 5155 §9.2 applies. */
        @Test
        void shouldProveAWildcardAnswerInsecureUnderOptOut() {
            SignedRrset answer = RfcZone.expanded(rfc.set("*.w.example.", Type.MX), "a.z.w.example.");

            Answer judged = rfc.judge("a.z.w.example.", Type.MX, Optional.of(answer), rfc.hashed(H_NS2));

            assertThat(judged.kind()).isEqualTo(Answer.Kind.FOUND);
            assertThat(judged.proof()).isInstanceOfSatisfying(Proof.Insecure.class,
                proof -> assertThat(proof.cause()).isEqualTo(Proof.Cause.OPT_OUT));
        }

        @Test
        void shouldNotTakeAWildcardAnswerWithoutItsDenial() {
            SignedRrset answer = RfcZone.expanded(rfc.set("*.w.example.", Type.MX), "a.z.w.example.");

            assertThatThrownBy(() -> rfc.judge("a.z.w.example.", Type.MX, Optional.of(answer), rfc.hashed(H_W)))
                .isInstanceOf(LookupFailure.class);
        }

        /** Appendix B.5. */
        @Test
        void shouldFindNoDataAtAWildcardUnderOptOut() {
            assertThat(rfc.prove("a.z.w.example.", Type.AAAA, rfc.hashed(H_W), rfc.hashed(H_NS2), rfc.hashed(H_WILDCARD_W)))
                .isInstanceOf(Denial.OptOut.class);
        }

        @Test
        void shouldNotFindNoDataAtAWildcardThatHasTheType() {
            assertThat(rfc.prove("a.z.w.example.", Type.MX, rfc.hashed(H_W), rfc.hashed(H_NS2), rfc.hashed(H_WILDCARD_W)))
                .isInstanceOf(Denial.Unproven.class);
        }

        /** Appendix B.6. */
        @Test
        void shouldNotTakeTheApexForADenialOfItsDs() {
            assertThat(rfc.prove("example.", Type.DS, rfc.hashed(H_EXAMPLE)))
                .isEqualTo(new Denial.Unproven("the denial of the DS is by the child zone"));
        }
    }

    private static ZoneStatus step(DelegationJudge.Verdict verdict) {
        assertThat(verdict).isInstanceOf(DelegationJudge.Verdict.Settled.class);
        return ((DelegationJudge.Verdict.Settled) verdict).step();
    }
}
