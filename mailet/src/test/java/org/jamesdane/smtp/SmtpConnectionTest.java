/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jamesdane.smtp.Client.ANNA;
import static org.jamesdane.smtp.Client.MESSAGE;
import static org.jamesdane.smtp.Client.failureOf;
import static org.jamesdane.smtp.Client.permit;
import static org.jamesdane.smtp.Client.to;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.smtp.SmtpConnection.AuthenticationChannel;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Login;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Protection;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class SmtpConnectionTest {
    private static final Credential MX = TestPki.authority("Test CA").leaf("mx.example").issue();
    private static final Credentials LOGIN = new Credentials("us\u00e9r", "pass word");

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    private static SmtpServerBuilder server() {
        return ScriptedSmtpServer.builder();
    }

    private static SmtpServerBuilder tlsServer() {
        return server().tls(MX.serverContext());
    }

    @Test
    void shouldSayEhloAndKnowWhatIsOffered() throws SmtpException {
        try (ScriptedSmtpServer server = server().extensions("SIZE 1000", "DSN").start(); SmtpConnection connection = client.open(server)) {
            assertThat(connection.capabilities().sizeLimit()).hasValue(1000);
            assertThat(connection.capabilities().dsn()).isTrue();
            assertThat(connection.channel().tls()).isEmpty();
            assertThat(server.session(1).commands().get(0).text()).isEqualTo("EHLO client.example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shouldSpeakOverBothFamilies(String address) throws SmtpException {
        try (ScriptedSmtpServer server = server().address(address).start(); SmtpConnection connection = client.open(server)) {
            assertThat(Client.send(connection, ANNA)).isInstanceOf(TransactionResult.Completed.class);
        }
    }

    @Test
    void shouldSayQuitAtTheEnd() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().start()) {
            client.openTls(server).close();
            server.awaitEnd();

            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "QUIT");
            assertThat(server.session(1).end()).contains("quit");
        }
    }

    @Test
    void shouldForgetBehindTlsWhatWasSaidInClear() throws SmtpException {
        // RFC 3207 §4.2: anyone could have said it.
        try (ScriptedSmtpServer server = tlsServer().extensions("SIZE 10", "REQUIRETLS", "AUTH PLAIN").extensionsAfterTls("DSN").start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(connection.capabilities().extensions()).containsOnlyKeys("DSN");
        }
    }

    @Test
    void shouldShowOnANewChannelWhoAnswered() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().start(); SmtpConnection connection = client.open(server)) {
            Channel before = connection.channel();
            connection.startTls();

            Channel.Tls tls = connection.channel().tls().orElseThrow();
            assertThat(connection.channel()).isNotSameAs(before);
            assertThat(tls.peerChain()).isEqualTo(PeerCertificate.of(MX.chain()));
            assertThat(server.session(1).clientHello().orElseThrow().serverName()).contains("mx.example");
            assertThatThrownBy(connection::startTls).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldSpeakTlsFromTheFirstOctet() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().implicitTls().start();
                SmtpConnection connection = client.open(Client.implicitTls(server.address()), HeloFallback.NEVER, Client.patient())) {
            assertThat(connection.channel().tls()).isPresent();
            assertThat(Client.send(connection, ANNA)).isInstanceOf(TransactionResult.Completed.class);
            assertThat(server.session(1).received(Protection.CLEAR)).isEmpty();
            assertThat(server.messages().get(0).protection()).isEqualTo(Protection.TLS);
        }
    }

    @Test
    void shouldSendNothingOfAMailOverAnotherChannelThanThePermitted() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH PLAIN").start(); SmtpConnection connection = client.open(server);
                SmtpConnection other = client.openTls(server)) {
            Permit beforeTls = permit(connection);
            connection.startTls();

            for (Permit permit : new Permit[] {beforeTls, permit(other),
                TestPermits.issue(Channel.encrypted(connection.channel().tls().orElseThrow()), SecurityLabel.VERIFIED)}) {
                assertThatThrownBy(() -> connection.send(permit, to(ANNA), TestContent.of(MESSAGE)))
                    .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> connection.authenticate(permit, LOGIN, AuthenticationChannel.ANY))
                    .isInstanceOf(IllegalStateException.class);
            }
            // What had been sent before this would be there before this.
            connection.noop();

            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "NOOP");
            assertThat(server.session(1).received(Protection.TLS)).doesNotContain("example.com");
        }
    }

    @Test
    void shouldEndTheSessionWherePlainTextFollowsTheAnswerToStartTls() throws SmtpException {
        // RFC 3207 §6 and CVE-2011-0411: it would be read as the server's words under TLS.
        try (ScriptedSmtpServer server = tlsServer()
                    .fault(Point.STARTTLS, Fault.reply("220 Go ahead", "250-mx.example", "250 AUTH PLAIN")).start();
                SmtpConnection connection = client.open(server)) {
            assertThat(failureOf(connection::startTls)).isEqualTo(new SmtpFailure.InjectedPlaintext());
            assertThat(connection.isReusable()).isFalse();
            server.awaitEnd();
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS");
            assertThat(server.session(1).tlsProtocol()).isEmpty();
        }
    }

    @Test
    void shouldStayInClearWhereStartTlsIsNotOffered() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().hideStarttls().start(); SmtpConnection connection = client.open(server)) {
            assertThat(failureOf(connection::startTls)).isEqualTo(new SmtpFailure.StartTlsNotOffered());
            assertThat(connection.isReusable()).isTrue();
            assertThat(server.session(1).verbs()).containsExactly("EHLO");
        }
    }

    @Test
    void shouldStayInClearWhereStartTlsIsRefused() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().fault(Point.STARTTLS, Fault.reply("454 4.7.0 TLS not available")).start();
                SmtpConnection connection = client.open(server)) {
            assertThat(failureOf(connection::startTls)).isInstanceOf(SmtpFailure.StartTlsRefused.class)
                .extracting(SmtpFailure::describe).asString().contains("454 4.7.0 TLS not available");
            assertThat(connection.isReusable()).isTrue();
            assertThat(connection.channel().tls()).isEmpty();
        }
    }

    @Test
    void shouldSayHeloUnderTlsWithoutAskingTheCaller() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().fault(Point.EHLO_AFTER_TLS, Fault.reply("502 5.5.1 Unknown")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "HELO");
            assertThat(connection.capabilities()).isEqualTo(Capabilities.NONE);
        }
    }

    @Test
    void shouldSayHeloWhereEhloIsUnknownAndTheCallerAllows() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.EHLO, Fault.reply("502 5.5.1 Unknown")).start();
                SmtpConnection connection = client.open(server)) {
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "HELO");
            assertThat(connection.capabilities()).isEqualTo(Capabilities.NONE);
            assertThat(failureOf(connection::startTls)).isEqualTo(new SmtpFailure.StartTlsNotOffered());
        }
    }

    @Test
    void shouldNotSayHeloWhereTheCallerForbids() {
        try (ScriptedSmtpServer server = server().fault(Point.EHLO, Fault.reply("502 5.5.1 Unknown")).start()) {
            assertThat(failureOf(() -> client.open(Client.endpoint(server.address()), HeloFallback.NEVER, Client.patient())))
                .isInstanceOf(SmtpFailure.Rejected.class);
            server.awaitEnd();
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "QUIT");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"450 4.3.2 Busy", "421 4.3.2 Closing"})
    void shouldNotSayHeloToAHostThatIsBusy(String reply) {
        try (ScriptedSmtpServer server = server().fault(Point.EHLO, Fault.reply(reply)).start()) {
            assertThat(failureOf(() -> client.open(server))).isInstanceOf(SmtpFailure.Rejected.class);
            server.awaitEnd();
            assertThat(server.session(1).verbs()).doesNotContain("HELO");
        }
    }

    @Test
    void shouldTakeLeaveOfAHostThatRefusesAtItsGreeting() {
        // RFC 5321 §3.1: such a server waits for QUIT.
        try (ScriptedSmtpServer server = server().fault(Point.BANNER, Fault.reply("554 5.7.1 Not you")).start()) {
            assertThat(failureOf(() -> client.open(server)))
                .isEqualTo(new SmtpFailure.Rejected(Phase.BANNER, new SmtpReply(554, List.of("5.7.1 Not you"))));
            server.awaitEnd();
            assertThat(server.session(1).verbs()).containsExactly("QUIT");
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        InetSocketAddress closed;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        }

        assertThat(failureOf(() -> client.open(Client.endpoint(closed), HeloFallback.ALLOWED, Client.patient())))
            .isInstanceOf(SmtpFailure.ConnectFailed.class)
            .extracting(SmtpFailure::describe).asString().startsWith("could not connect to 127.0.0.1:" + closed.getPort());
    }

    @Test
    void shouldConnectFromTheGivenAddress() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 7});
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); Watchdog watchdog = new Watchdog()) {
            SmtpEndpoint endpoint = Client.endpoint(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
            Wire wire = Wire.connect(Wire.socket(), withBind(endpoint, loopback), Client.patient(), watchdog);
            assertThat(listener.accept().getInetAddress()).isEqualTo(loopback);
            wire.abort();

            assertThat(failureOf(() -> client.open(withBind(endpoint, elsewhere), HeloFallback.ALLOWED, Client.patient())))
                .isInstanceOf(SmtpFailure.BindFailed.class);
        }
    }

    private static SmtpEndpoint withBind(SmtpEndpoint endpoint, InetAddress address) {
        return new SmtpEndpoint(endpoint.address(), Optional.of(address), endpoint.heloName(), endpoint.implicitTls(), endpoint.tls());
    }

    @Test
    void shouldLogInByPlainOverAuthenticatedTls() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH LOGIN PLAIN").start();
                SmtpConnection connection = client.openTls(server)) {
            connection.authenticate(permit(connection), LOGIN, AuthenticationChannel.AUTHENTICATED_TLS);

            assertThat(server.session(1).logins()).containsExactly(new Login("PLAIN", "us\u00e9r", "pass word", Protection.TLS));
        }
    }

    @Test
    void shouldLogInByLoginWherePlainIsNotOffered() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH LOGIN CRAM-MD5").start();
                SmtpConnection connection = client.openTls(server)) {
            connection.authenticate(permit(connection), LOGIN, AuthenticationChannel.AUTHENTICATED_TLS);

            assertThat(server.session(1).logins()).containsExactly(new Login("LOGIN", "us\u00e9r", "pass word", Protection.TLS));
        }
    }

    @Test
    void shouldSendALongFirstResponseSeparately() throws SmtpException {
        // RFC 4954 §4: an initial response must not make the line longer than 512 octets.
        Credentials token = new Credentials("user", "t".repeat(600));
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH PLAIN").start(); SmtpConnection connection = client.openTls(server)) {
            connection.authenticate(permit(connection), token, AuthenticationChannel.AUTHENTICATED_TLS);

            assertThat(server.session(1).logins()).containsExactly(new Login("PLAIN", "user", "t".repeat(600), Protection.TLS));
            assertThat(server.session(1).commands()).anyMatch(command -> command.text().equals("AUTH PLAIN"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = SecurityLabel.class, names = {"CLEAR", "ENCRYPTED"})
    void shouldNotSendCredentialsToAnUnauthenticatedHost(SecurityLabel label) throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH PLAIN").start(); SmtpConnection connection = client.openTls(server)) {
            assertThatThrownBy(() -> connection.authenticate(TestPermits.issue(connection.channel(), label), LOGIN,
                AuthenticationChannel.AUTHENTICATED_TLS)).isInstanceOf(IllegalStateException.class);
            assertThat(server.session(1).logins()).isEmpty();

            connection.authenticate(TestPermits.issue(connection.channel(), label), LOGIN, AuthenticationChannel.ANY);
            assertThat(server.session(1).logins()).hasSize(1);
        }
    }

    @Test
    void shouldSayWhyItCouldNotLogIn() throws SmtpException {
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH PLAIN").extensionsAfterTls("AUTH GSSAPI").start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(failureOf(() -> connection.authenticate(permit(connection), LOGIN, AuthenticationChannel.ANY)).describe())
                .isEqualTo("the host offers neither AUTH PLAIN nor AUTH LOGIN, only GSSAPI");
            assertThat(connection.isReusable()).isTrue();
        }
        try (ScriptedSmtpServer server = tlsServer().extensions("AUTH PLAIN").fault(Point.AUTH, Fault.reply("535 5.7.8 Wrong")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(failureOf(() -> connection.authenticate(permit(connection), LOGIN, AuthenticationChannel.ANY)))
                .isInstanceOf(SmtpFailure.AuthRefused.class).extracting(SmtpFailure::describe).asString().doesNotContain("pass");
        }
    }

    @Test
    void shouldFindOutWhetherAnIdleConnectionLives() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.RSET, 2, Fault.close()).start();
                SmtpConnection connection = client.open(server)) {
            connection.noop();
            connection.reset();
            assertThat(connection.isReusable()).isTrue();

            assertThat(failureOf(connection::reset)).isInstanceOf(SmtpFailure.ConnectionLost.class);
            assertThat(connection.isReusable()).isFalse();
        }
    }

    @Test
    void shouldTakeAnIdleHostAtItsWordWhenItCloses() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.NOOP, new Fault.Append("421 4.4.2 Idle too long\r\n")).start();
                SmtpConnection connection = client.open(server)) {
            connection.noop();

            assertThat(failureOf(connection::reset)).isEqualTo(
                new SmtpFailure.Rejected(Phase.RSET, new SmtpReply(421, List.of("4.4.2 Idle too long"))));
            assertThat(connection.isReusable()).isFalse();
        }
    }
}
