/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DomainName;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Timeouts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailetParametersTest {
    @Test
    void shouldHaveSensibleDefaults() {
        MailetParameters defaults = MailetParameters.parse(Map.of());

        assertThat(defaults.outgoing()).isEqualTo("outgoing");
        assertThat(defaults.schedule().lifetime()).isEqualTo(Duration.ofDays(5));
        assertThat(defaults.schedule().delays()).startsWith(Duration.ofMinutes(5)).hasSize(5);
        assertThat(defaults.policy()).isEmpty();
        assertThat(defaults.gateway().hosts()).isEmpty();
    }

    @Test
    void shouldTakeTheStockSampleAsItIs() {
        MailetParameters stock = MailetParameters.parse(Map.of("outgoingQueue", "outgoing", "delayTime", "5000, 100000, 500000",
            "maxRetries", "3", "maxDnsProblemRetries", "0", "deliveryThreads", "10", "sendpartial", "true", "bounceProcessor", "bounces"));

        assertThat(stock.schedule().delays())
            .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(100), Duration.ofSeconds(500));
        assertThat(stock.processors().bounce()).contains("bounces");
        assertThat(stock.handling().sendPartial()).isTrue();
    }

    @Test
    void shouldRepeatDelaysAndTakeUnits() {
        assertThat(MailetParameters.parse(Map.of("delayTime", "2*1 minute, 1 hour", "maxRetries", "4")).schedule().delays())
            .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1));
    }

    @Test
    void shouldReadGatewaysWithPorts() {
        MailetParameters gateways = MailetParameters.parse(Map.of("gateway", "relay.example, backup.example:587", "gatewayPort", "2525",
            "policy", "dane-only"));

        assertThat(gateways.gateway().hosts()).extracting(Object::toString).containsExactly("relay.example:2525", "backup.example:587");
        assertThat(gateways.gateway().hosts().get(0).domain()).contains(DomainName.of("relay.example"));
        assertThat(gateways.policy()).contains(Policy.DANE_ONLY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "lifetime | forever | lifetime=forever | a duration",
        "lifetime | 31 days | lifetime=31 days | 30 d",
        "maxRetries | -1 | maxRetries=-1 | 0 to 1000",
        "delayTime | 5 minutes,, | delayTime= | delays between commas",
        "delayTime | 0*1 hour | delayTime=0*1 hour | delays between commas",
        "policy | strict | policy=strict | dane-only",
        "startTLS | false | startTLS=false | policy",
        "sslEnable | yes | sslEnable=yes | true or false",
        "mail.smtp.ssl.trust | * | mail.smtp.ssl.trust=* | smtp.tls.protocols",
        "gateway | relay.example:99999 | gateway=relay.example:99999 | hosts between commas",
        "gatewayPort | 25 | gatewayPort=25 | there is no gateway",
        "gatewayUsername | me | gatewayUsername=me | gatewayPassword",
        "bind | 127.0.0.1,127.0.0.2 | bind=127.0.0.1,127.0.0.2 | two addresses of one family",
        "bind | localhost | bind=localhost | one address of each family",
        "heloName | two words! . . | heloName= | host name",
        "convert8bit | maybe | convert8bit=maybe | convert or bounce",
        "delayNotice | soon | delayNotice=soon | a duration",
        "deliveryThread | 5 | deliveryThread | there is no setting",
    })
    void shouldRefuseWithASentenceNamingKeyValueAndWhatIsAllowed(String key, String value, String named, String allowed) {
        assertThatThrownBy(() -> MailetParameters.parse(Map.of(key, value)))
            .isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("DaneRemoteDelivery").hasMessageContaining(named).hasMessageContaining(allowed).hasMessageEndingWith(".");
    }

    @Test
    void shouldTakeConvert8bitDeferForBounce() {
        assertThat(MailetParameters.parse(Map.of("convert8bit", "defer")).handling().convert8bit()).isEqualTo(EightBitConversion.BOUNCE);
        assertThat(MailetParameters.parse(Map.of("convert8bit", "bounce")).handling().convert8bit()).isEqualTo(EightBitConversion.BOUNCE);
        assertThat(MailetParameters.parse(Map.of()).handling().convert8bit()).isEqualTo(EightBitConversion.CONVERT);
    }

    @Test
    void shouldGiveEachStepItsTimeAndTheReplyTenMinutes() {
        Timeouts set = MailetParameters.parse(Map.of("timeout", "90 s", "connectiontimeout", "5 s")).connection().timeouts();

        assertThat(set.of(Phase.CONNECT)).isEqualTo(Duration.ofSeconds(5));
        assertThat(set.of(Phase.MAIL)).isEqualTo(Duration.ofSeconds(90));
        // RFC 5321 §4.5.3.2.6
        assertThat(set.of(Phase.FINAL_DOT)).isEqualTo(Duration.ofMinutes(10));
        assertThat(MailetParameters.parse(Map.of()).connection().timeouts().of(Phase.CONNECT)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void shouldTellOfDelayOnlyWhereAProcessorIsNamed() {
        assertThat(MailetParameters.parse(Map.of()).rules().delayNotice()).contains(Duration.ofHours(4));
        assertThat(MailetParameters.parse(Map.of("delayNotice", "none")).rules().delayNotice()).isEmpty();
        assertThatThrownBy(() -> MailetParameters.parse(Map.of("delayProcessor", "delays", "delayNotice", "none")))
            .hasMessageContaining("delayNotice=none can't be used: there is a delayProcessor");
        assertThat(MailetParameters.parse(Map.of("delayProcessor", "delays")).rules().delayNotice()).contains(Duration.ofHours(4));
        assertThat(MailetParameters.parse(Map.of("delayProcessor", "delays", "delayNotice", "1 hour")).rules().delayNotice())
            .contains(Duration.ofHours(1));
    }

    @Test
    void shouldVerifyAGatewayWhereAskedToAndWhereCredentialsGo() {
        Map<String, String> gateway = Map.of("gateway", "relay.example");
        assertThat(MailetParameters.parse(gateway).gatewayOptions(false, Authorities.NONE).verifyIdentity()).isFalse();
        Map<String, String> asked = Map.of("gateway", "relay.example", "verifyServerIdentity", "true");
        assertThat(MailetParameters.parse(asked).gatewayOptions(false, Authorities.NONE).verifyIdentity()).isTrue();
        Map<String, String> login = Map.of("gateway", "relay.example", "gatewayUsername", "me", "gatewayPassword", "secret");
        assertThat(MailetParameters.parse(login).gatewayOptions(false, Authorities.NONE).verifyIdentity()).isTrue();
        assertThat(MailetParameters.parse(login).gatewayOptions(true, Authorities.NONE).verifyIdentity()).isFalse();
    }

    @Test
    void shouldTakeParametersWithoutEffect() {
        MailetParameters odd = MailetParameters.parse(Map.of("sendpartial", "false", "debug", "true", "startTLS", "true"));

        assertThat(odd.schedule()).isEqualTo(MailetParameters.parse(Map.of()).schedule());
        assertThat(odd.handling().debug()).isTrue();
    }

    @Test
    void shouldNotRepeatAPassword() {
        assertThatThrownBy(() -> MailetParameters.parse(Map.of("gatewayPasswort", "secret")))
            .hasMessageContaining("gatewayPasswort").hasMessageNotContaining("secret");
        assertThat(MailetParameters.parse(Map.of("gateway", "relay.example", "gatewayUsername", "me", "gatewayPassword", "secret")))
            .asString().doesNotContain("secret");
    }
}
