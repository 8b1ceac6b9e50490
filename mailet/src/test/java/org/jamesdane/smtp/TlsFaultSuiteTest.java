/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.FaultCase.peer;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.SignatureHash;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers, and people on the way to them, that misbehave from STARTTLS to the first EHLO under TLS, or break TLS later. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsFaultSuiteTest {
    private static final FaultBench BENCH = new FaultBench();

    @AfterAll
    static void closeBench() {
        BENCH.close();
    }

    static Stream<FaultCase> starttls() {
        return Stream.of(
            peer("does not offer it").like(builder -> builder.hideStarttls()).gives("host: StartTlsNotOffered@STARTTLS"),
            peer("does not offer it").needing(Need.ENCRYPT).like(builder -> builder.hideStarttls())
                .gives("host: StartTlsNotOffered@STARTTLS"),
            peer("does not offer it").needing(Need.MAY).like(builder -> builder.hideStarttls())
                .gives("completed: bob=250 carol=250 (open)"),
            peer("hides it within another keyword").at(Point.EHLO, new Fault.Advertise(List.of("XSTARTTLS", "STARTTLSX")))
                .gives("host: StartTlsNotOffered@STARTTLS"),
            peer("offers it in odd letters").at(Point.EHLO, new Fault.Advertise(List.of("StartTls")))
                .gives("completed: bob=250 carol=250 (open)"),
            peer("defers it").at(Point.STARTTLS, Fault.reply("454 4.7.0 Not now")).gives("host: StartTlsRefused@STARTTLS"),
            peer("refuses it").at(Point.STARTTLS, Fault.reply("554 5.7.3 Never")).gives("host: StartTlsRefused@STARTTLS"),
            peer("does not know it").at(Point.STARTTLS, Fault.reply("502 5.5.1 What?")).gives("host: StartTlsRefused@STARTTLS"),
            peer("refuses it").needing(Need.MAY).at(Point.STARTTLS, Fault.reply("554 5.7.3 Never"))
                .gives("completed: bob=250 carol=250 (open)"),
            // RFC 5321 §3.8: 421 ends the session, so that there is no clear text to fall back to on this connection either.
            peer("goes").at(Point.STARTTLS, Fault.replyThenClose("421 4.3.2 Down")).gives("host: Rejected@STARTTLS:421"),
            peer("goes").needing(Need.MAY).at(Point.STARTTLS, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("host: Rejected@STARTTLS:421"),
            peer("says 250 to it").at(Point.STARTTLS, Fault.reply("250 Fine")).gives("host: ProtocolViolation@STARTTLS"),
            peer("says 354 to it").at(Point.STARTTLS, Fault.reply("354 Go")).gives("host: ProtocolViolation@STARTTLS"),
            peer("closes").at(Point.STARTTLS, Fault.close()).gives("host: ConnectionLost@STARTTLS"),
            peer("resets").at(Point.STARTTLS, Fault.reset()).gives("host: ConnectionLost@STARTTLS"),
            peer("is silent").at(Point.STARTTLS, Fault.silence()).runningOutOfTime(Phase.STARTTLS).gives("host: Timeout@STARTTLS"),
            peer("says garbage").at(Point.STARTTLS, Fault.garbage("go on\r\n")).gives("host: ProtocolViolation@STARTTLS"),
            peer("never ends its answer").at(Point.STARTTLS, Fault.endlessReply("220")).gives("host: ProtocolViolation@STARTTLS"),
            // RFC 3207 §4, §6: what stands behind 220 is from before TLS, whoever sent it.
            peer("injects a reply").at(Point.STARTTLS, new Fault.Append("250 2.0.0 Fine\r\n"))
                .gives("host: InjectedPlaintext@STARTTLS"),
            peer("injects an EHLO reply").needing(Need.ENCRYPT)
                .at(Point.STARTTLS, new Fault.Append("250-mx\r\n250 AUTH PLAIN\r\n")).gives("host: InjectedPlaintext@STARTTLS"),
            peer("injects a reply").needing(Need.MAY).at(Point.STARTTLS, new Fault.Append("250 2.0.0 Fine\r\n"))
                .gives("host: InjectedPlaintext@STARTTLS"),
            // The 220 may be one greeting more, and the answer still to come: it is waited for.
            peer("greeted twice").at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .at(Point.STARTTLS, new Fault.Follow("220 Go ahead\r\n")).gives("host: InjectedPlaintext@STARTTLS"),
            peer("greeted twice and answers late").at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .at(Point.STARTTLS, new Fault.Later("220 Go ahead\r\n", Duration.ofMillis(20))).gives("host: InjectedPlaintext@STARTTLS"),
            peer("greeted twice and refuses").needing(Need.MAY).at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .at(Point.STARTTLS, Fault.reply("220 again", "454 4.7.0 Not now")).gives("host: InjectedPlaintext@STARTTLS"),
            peer("greets a third time").at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .at(Point.EHLO, new Fault.Append("220 and again\r\n")).gives("host: ProtocolViolation@STARTTLS"),
            peer("injects half a line").at(Point.STARTTLS, new Fault.Append("2")).gives("host: InjectedPlaintext@STARTTLS"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("starttls")
    void shouldEndStarttlsAsItMust(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    /** The alert behind the phase is the one that came, or the one of ours that answered what came. */
    static Stream<FaultCase> handshakes() {
        return Stream.of(
            peer("sends handshake_failure").at(Point.HANDSHAKE, Fault.alert(40))
                .gives("host: TlsFailed@TLS_HANDSHAKE:handshake_failure"),
            peer("sends internal_error").at(Point.HANDSHAKE, Fault.alert(80)).gives("host: TlsFailed@TLS_HANDSHAKE:internal_error"),
            peer("sends protocol_version").needing(Need.MAY).at(Point.HANDSHAKE, Fault.alert(70))
                .gives("host: TlsFailed@TLS_HANDSHAKE:protocol_version"),
            peer("sends close_notify").at(Point.HANDSHAKE,
                new Fault.Beneath("\u0015\u0003\u0003\u0000\u0002\u0001\u0000", Fault.After.CLOSE))
                .gives("host: TlsFailed@TLS_HANDSHAKE:handshake_failure"),
            peer("answers in clear text").at(Point.HANDSHAKE, Fault.reply("500 What?"))
                .gives("host: TlsFailed@TLS_HANDSHAKE:unexpected_message"),
            peer("injects after our hello").at(Point.HANDSHAKE, Fault.reply("250-mx", "250 AUTH PLAIN", "250 ok", "250 ok"))
                .gives("host: TlsFailed@TLS_HANDSHAKE:unexpected_message"),
            peer("closes").at(Point.HANDSHAKE, Fault.close()).gives("host: TlsFailed@TLS_HANDSHAKE"),
            peer("resets").at(Point.HANDSHAKE, Fault.reset()).gives("host: TlsFailed@TLS_HANDSHAKE"),
            peer("is silent").at(Point.HANDSHAKE, Fault.silence())
                .runningOutOfTime(Phase.TLS_HANDSHAKE).gives("host: Timeout@TLS_HANDSHAKE"),
            peer("stalls").needing(Need.ENCRYPT).at(Point.HANDSHAKE, Fault.stall()).runningOutOfTime(Phase.TLS_HANDSHAKE)
                .gives("host: Timeout@TLS_HANDSHAKE"),
            peer("sends one octet of a record now and then").runningOutOfTime(Phase.TLS_HANDSHAKE).at(Point.HANDSHAKE,
                new Fault.Say("\u0016\u0003\u0003@\u0000", Fault.After.SILENCE)).gives("host: Timeout@TLS_HANDSHAKE"),
            peer("floods with garbage").at(Point.HANDSHAKE, new Fault.Flood("\u0000garbage", Duration.ZERO))
                .gives("host: TlsFailed@TLS_HANDSHAKE:unexpected_message"),
            peer("knows no such name").at(Point.HANDSHAKE, Fault.alert(112))
                .gives("host: TlsFailed@TLS_HANDSHAKE:unrecognized_name"),
            peer("sends what is no certificate").like(builder -> builder.tls(
                Need.AUTHORITY.leaf("mx.example").undecodable().issue().serverContext()))
                .gives("host: TlsFailed@TLS_HANDSHAKE:bad_certificate"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("handshakes")
    void shouldEndHandshakesAsTheyMust(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    private static FaultCase showing(String what, Need need, Credential credential) {
        return peer("shows " + what).needing(need).like(builder -> builder.tls(credential.serverContext()));
    }

    static Stream<FaultCase> chains() {
        Credential stranger = TestPki.authority("Stranger").leaf("mx.example").keyLabel("stranger").issue();
        Credential other = Need.AUTHORITY.leaf("other.example").issue();
        Credential shortKey = Need.AUTHORITY.leaf("mx.example").key(KeyKind.RSA_768).issue();
        String sent = "completed: bob=250 carol=250 (open)";
        String refused = "not permitted: NOT_AUTHENTICATED (open)";
        return Stream.of(
            showing("a stranger's certificate", Need.DANE_EE, stranger).gives(refused),
            showing("a stranger's certificate", Need.DANE_TA, stranger).gives(refused),
            showing("a stranger's certificate", Need.ENCRYPT, stranger).gives(sent),
            showing("a stranger's certificate in front of the right one", Need.DANE_EE,
                stranger.withStrangers(Need.CREDENTIAL.certificate())).gives(refused),
            showing("a stranger's certificate and the authority's", Need.DANE_TA,
                stranger.leafOnly().withStrangers(Need.AUTHORITY.certificate())).gives(refused),
            showing("another host's certificate", Need.DANE_TA, other).gives(refused),
            showing("no authority", Need.DANE_TA, Need.CREDENTIAL.leafOnly()).gives(refused),
            showing("an expired certificate", Need.DANE_TA, Need.AUTHORITY.leaf("mx.example").expired().issue()).gives(refused),
            // RFC 7672 §3.1.1: with DANE-EE neither names nor dates count, and no more does the platform's opinion.
            showing("an expired certificate", Need.DANE_EE, Need.AUTHORITY.leaf("mx.example").expired().issue()).gives(sent),
            showing("another name with the right key", Need.DANE_EE,
                Need.AUTHORITY.leaf("other.example").keyLabel("leaf mx.example").issue()).gives(sent),
            showing("a SHA-1 signature", Need.DANE_EE,
                Need.AUTHORITY.leaf("mx.example").signedWith(SignatureHash.SHA1).issue()).gives(sent),
            showing("an issuer of RSA 1024", Need.DANE_EE,
                TestPki.authority("Weak").key(KeyKind.RSA_1024).leaf("mx.example").issue()).gives(sent),
            showing("an RSA key of 768 bits", Need.DANE_TA, shortKey).gives(refused),
            showing("an RSA key of 768 bits", Need.ENCRYPT, shortKey).gives(sent),
            // RFC 7672 §8.1: the server name is the TLSA base domain.
            showing("the right one only for our name", Need.DANE_EE, stranger)
                .like(builder -> builder.tls("mx.example", Need.CREDENTIAL.serverContext())).gives(sent),
            showing("the right one only for another name", Need.DANE_EE, stranger)
                .like(builder -> builder.tls("other.example", Need.CREDENTIAL.serverContext())).gives(refused));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void shouldPermitOnlyTheRightChain(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> underTls() {
        String sent = "completed: bob=250 carol=250 (open)";
        return Stream.of(
            peer("closes after the handshake").at(Point.EHLO_AFTER_TLS, Fault.close()).gives("host: ConnectionLost@HELLO"),
            peer("cuts after the handshake").at(Point.EHLO_AFTER_TLS, Fault.cut()).gives("host: ConnectionLost@HELLO"),
            peer("resets after the handshake").at(Point.EHLO_AFTER_TLS, Fault.reset()).gives("host: ConnectionLost@HELLO"),
            peer("is silent after the handshake").at(Point.EHLO_AFTER_TLS, Fault.silence()).runningOutOfTime(Phase.HELLO)
                .gives("host: Timeout@HELLO"),
            // RFC 5321 §3.2: under TLS nobody but the host can have said that it knows no EHLO.
            peer("does not know EHLO any more").at(Point.EHLO_AFTER_TLS, Fault.reply("500 5.5.1 What?")).gives(sent),
            peer("does not know EHLO any more").needing(Need.ENCRYPT).at(Point.EHLO_AFTER_TLS, Fault.reply("502 5.5.1 What?")).gives(sent),
            peer("does not know EHLO any more").needing(Need.MAY).at(Point.EHLO_AFTER_TLS, Fault.reply("504 5.5.1 What?")).gives(sent),
            peer("refuses EHLO under TLS").needing(Need.DANE_TA).at(Point.EHLO_AFTER_TLS, Fault.reply("550 5.5.1 No")).gives(sent),
            peer("refuses EHLO under TLS by policy").at(Point.EHLO_AFTER_TLS, Fault.reply("554 5.7.1 No"))
                .gives("host: Rejected@HELLO:554"),
            peer("defers EHLO under TLS").at(Point.EHLO_AFTER_TLS, Fault.reply("451 4.3.0 Later")).gives("host: Rejected@HELLO:451"),
            peer("refuses HELO under TLS, too").at(Point.EHLO_AFTER_TLS, Fault.reply("502 5.5.1 What?"))
                .at(Point.HELO, Fault.reply("550 5.5.1 No")).gives("host: Rejected@HELLO:550"),
            peer("greets again under TLS").at(Point.EHLO_AFTER_TLS, Fault.reply("220 again", "250-mx", "250 PIPELINING"))
                .at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody")).gives("completed: bob=250 carol=RCPT:550:permanent (open)"),
            peer("goes after the handshake").at(Point.EHLO_AFTER_TLS, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("host: Rejected@HELLO:421"),
            peer("offers STARTTLS again").at(Point.EHLO_AFTER_TLS, new Fault.Advertise(List.of("STARTTLS", "8BITMIME"))).gives(sent),
            // RFC 3207 §4.2: nothing from before the handshake counts.
            peer("takes back 8BITMIME").at(Point.EHLO_AFTER_TLS, new Fault.Advertise(List.of("PIPELINING")))
                .sending(TestContent.of("Subject: \u00e4\r\n\r\n")).gives("not started: NeedsSevenBit (open)"),
            peer("limits the size only now").at(Point.EHLO_AFTER_TLS, new Fault.Advertise(List.of("SIZE 10")))
                .gives("not started: TooLarge (open)"),
            peer("limits the size only before").like(builder -> builder.extensions("SIZE 10").extensionsAfterTls("8BITMIME")).gives(sent),
            peer("takes back PIPELINING").at(Point.EHLO_AFTER_TLS, new Fault.Advertise(List.of("8BITMIME"))).gives(sent),
            peer("renegotiates in TLS 1.2").like(builder -> builder.tlsProtocols("TLSv1.2")).at(Point.MAIL, new Fault.Renegotiate())
                .gives("interrupted: TlsFailed@MAIL:handshake_failure (closed)"),
            peer("changes keys in TLS 1.3").like(builder -> builder.tlsProtocols("TLSv1.3")).at(Point.MAIL, new Fault.Renegotiate())
                .gives(sent),
            peer("sends an alert in clear").at(Point.MAIL, Fault.alert(40))
                .gives("interrupted: TlsFailed@MAIL:unexpected_message (closed)"),
            peer("breaks a record").at(Point.MAIL,
                new Fault.Beneath("\u0017\u0003\u0003\u0000 " + "x".repeat(32), Fault.After.CONTINUE))
                .gives("interrupted: TlsFailed@MAIL:bad_record_mac (closed)"),
            peer("goes back to clear text")
                .at(Point.MAIL, new Fault.Beneath("250 2.1.0 Fine, in clear\r\n".repeat(400), Fault.After.SILENCE))
                .gives("interrupted: TlsFailed@MAIL:unexpected_message (closed)"),
            peer("cuts within a transaction").at(Point.RCPT, 1, Fault.cut()).gives("interrupted: ConnectionLost@RCPT (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("underTls")
    void shouldKeepTlsWhole(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> logins() {
        String sent = "completed: bob=250 carol=250 (open)";
        FaultCase gateway = peer("is a gateway").loggingIn().like(builder -> builder.extensionsAfterTls("AUTH PLAIN LOGIN", "8BITMIME"));
        return Stream.of(
            gateway.gives(sent),
            peer("knows LOGIN alone").loggingIn().like(builder -> builder.extensionsAfterTls("AUTH LOGIN")).gives(sent),
            peer("offers no AUTH").loggingIn().gives("host: AuthNotOffered@AUTH"),
            // RFC 3207 §4.2 again: an offer in clear text is no offer.
            peer("offers AUTH in clear text only").loggingIn()
                .like(builder -> builder.extensions("AUTH PLAIN").extensionsAfterTls("8BITMIME")).gives("host: AuthNotOffered@AUTH"),
            peer("offers other mechanisms").loggingIn().like(builder -> builder.extensionsAfterTls("AUTH CRAM-MD5 XOAUTH2"))
                .gives("host: AuthNotOffered@AUTH"),
            gateway.at(Point.AUTH, Fault.reply("535 5.7.8 Wrong")).gives("host: AuthRefused@AUTH"),
            gateway.at(Point.AUTH, Fault.reply("454 4.7.0 Later")).gives("host: AuthRefused@AUTH"),
            gateway.at(Point.AUTH, Fault.reply("334 ")).gives("host: ProtocolViolation@AUTH"),
            gateway.at(Point.AUTH, Fault.reply("220 mx")).gives("host: ProtocolViolation@AUTH"),
            gateway.at(Point.AUTH, Fault.replyThenClose("421 4.3.2 Down")).gives("host: AuthRefused@AUTH"),
            gateway.at(Point.AUTH, Fault.garbage("fine\r\n")).gives("host: ProtocolViolation@AUTH"),
            gateway.at(Point.AUTH, Fault.close()).gives("host: ConnectionLost@AUTH"),
            gateway.at(Point.AUTH, Fault.silence()).runningOutOfTime(Phase.AUTH).gives("host: Timeout@AUTH"),
            gateway.at(Point.AUTH, new Fault.Append("250 2.1.0 Fine\r\n")).gives("interrupted: ProtocolViolation@MAIL (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("logins")
    void shouldKeepCredentialsFromWhomTheyAreNotFor(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }
}
