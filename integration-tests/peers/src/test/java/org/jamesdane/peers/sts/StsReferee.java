/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.sts;

import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.peers.Waiting;

/** Debian's postfix-mta-sts-resolver, asked as Postfix asks it. */
final class StsReferee implements AutoCloseable {
    private static final String ADDRESS = "127.53.9.8";
    private static final int PORT = 8461;
    private static final String ENFORCED = "secure match=";

    private final RunDirectory postfix = Chroot.of("postfix").directory("postmap");
    private final RunDirectory run;

    /**
     * Starts it.
     *
     * @param resolver the address of the resolver that it asks
     * @param authorities the CAs that it trusts, in PEM
     */
    StsReferee(String resolver, String authorities) {
        Chroot root = Chroot.of("sts");
        root.write("etc/resolv.conf", "nameserver " + resolver + "\n");
        root.write("usr/lib/ssl/cert.pem", authorities);
        run = root.directory("sts");
        run.write("daemon.yml", "host: " + ADDRESS + "\nport: " + PORT + "\ncache:\n  type: internal\ndefault_zone:\n  timeout: "
            + StsPeersIT.PATIENCE.toSeconds() + "\n");
        run.start("mta-sts-daemon", "-c", run.inside("daemon.yml"));
        postfix.directories("rwxr-xr-x", "conf").write("conf/main.cf", "compatibility_level = 3.6\n");
        Waiting.forListener(ADDRESS, PORT, run::output);
    }

    /** The patterns that Postfix would hold the hosts of a domain to, or {@link StsCase#NOTHING}. */
    String word(String domain) {
        RunDirectory.Finished answer = postfix.run(Map.of("MAIL_CONFIG", postfix.inside("conf")), "postmap", "-q", domain,
            "socketmap:inet:" + ADDRESS + ":" + PORT + ":postfix");
        String line = answer.output().strip();
        if (answer.exitCode() != 0 && line.isEmpty()) {
            return StsCase.NOTHING;
        }
        if (!line.startsWith(ENFORCED)) {
            return line;
        }
        TreeSet<String> patterns = new TreeSet<>();
        for (String each : line.substring(ENFORCED.length()).split(" ", -1)[0].split(":", -1)) {
            patterns.add((each.startsWith(".") ? "*" : "") + each.toLowerCase(Locale.ROOT));
        }
        return String.join(" ", patterns);
    }

    @Override
    public void close() {
        run.close();
        postfix.close();
    }
}
