/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;

import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A James whose webadmin listens on every address and asks nobody for a token, where there is no other network than loopback. */
class OpenWebadminIT {
    @Test
    void shouldSayThatWebadminIsOpen(@TempDir Path directory) throws Exception {
        assumeTrue(NetworkInterface.networkInterfaces().allMatch(OpenWebadminIT::isLoopback), "this machine has other networks");
        JamesConfiguration open = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf", ""))).withWebadminOnEveryAddress();

        try (James james = JamesSetup.of(open, directory).withOurExtension().startProcess()) {
            assertThat(james.webadmin().get("/metrics").body().lines()).contains("dane_webadmin_open 1.0");
            assertThat(james.log().linesWith("Webadmin listens on 0.0.0.0 and asks nobody for a token")).singleElement().asString()
                .contains("WARN", "jwt.enabled=true", "host=127.0.0.1");
        }
    }

    private static boolean isLoopback(NetworkInterface network) {
        try {
            return network.isLoopback() || !network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
