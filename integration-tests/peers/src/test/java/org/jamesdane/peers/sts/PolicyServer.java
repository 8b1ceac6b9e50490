/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.sts;

import java.util.List;

import org.jamesdane.peers.Pem;
import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.peers.Waiting;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.TestPki;

/** Debian's nginx as the policy host of all cases, at the port that RFC 8461 knows. */
final class PolicyServer implements AutoCloseable {
    static final int PORT = 443;
    private static final String OTHER_NAME = "other.test";
    private static final String UNKNOWN = "unknown";

    private final RunDirectory run = Chroot.of("nginx").directory("policies");
    private final Authority authority;

    PolicyServer(List<StsCase> cases, Authority authority) {
        this.authority = authority;
        StringBuilder text = new StringBuilder("daemon off;\nmaster_process off;\nuser root;\npid " + run.inside("pid")
            + ";\nerror_log stderr;\nevents { }\nhttp {\naccess_log off;\nserver_names_hash_bucket_size 128;\ndefault_type text/plain;\n");
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            text.append(kind).append("_temp_path ").append(run.inside(kind)).append(";\n");
        }
        for (StsCase each : cases) {
            run.write(each.domain(), each.policy());
            text.append(server(each));
        }
        run.write("nginx.conf", text.append("}\n").toString());
        run.start("nginx", "-e", "stderr", "-c", run.inside("nginx.conf"));
        Waiting.forListener(cases.get(0).address(), PORT, run::output);
    }

    private String server(StsCase wanted) {
        String file = wanted.domain();
        Credential credential = certificate(wanted);
        run.write(file + ".pem", Pem.chain(credential)).write(file + ".key", Pem.key(credential));
        return "server {\nlisten " + wanted.address() + ":" + PORT + " ssl;\nserver_name "
            + (wanted.certificate().equals(UNKNOWN) ? OTHER_NAME : wanted.host()) + ";\nssl_certificate " + run.inside(file + ".pem")
            + ";\nssl_certificate_key " + run.inside(file + ".key") + ";\nlocation = /.well-known/mta-sts.txt { alias " + run.inside(file)
            + "; " + wanted.directives() + " }\nlocation / { return 404; }\n}\n";
    }

    private Credential certificate(StsCase wanted) {
        Leaf leaf = authority.leaf(wanted.host());
        return switch (wanted.certificate()) {
            case "good" -> leaf.issue();
            case UNKNOWN -> authority.leaf(OTHER_NAME).issue();
            case "intermediate" -> authority.intermediate("Middle").leaf(wanted.host()).issue().withoutRoot();
            case "incomplete" -> authority.intermediate("Middle").leaf(wanted.host()).issue().leafOnly();
            case "wildcard" -> authority.leaf("*." + wanted.domain()).issue();
            case "wildcard of two labels" -> authority.leaf("*.test").issue();
            case "wildcard within a label" -> authority.leaf("mta*." + wanted.domain()).issue();
            case "of the domain" -> authority.leaf(wanted.domain()).issue();
            case "common name" -> leaf.withoutAlternativeNames().issue();
            case "common name beside another name" -> leaf.dnsNames(OTHER_NAME).issue();
            case "expired" -> leaf.expired().issue();
            case "not yet valid" -> leaf.notYetValid().issue();
            case "self-signed" -> TestPki.selfSigned(wanted.host()).issue();
            case "another CA" -> TestPki.authority("Stranger").leaf(wanted.host()).issue();
            case "RSA 2048" -> leaf.key(KeyKind.RSA_2048).issue();
            default -> throw new IllegalArgumentException("There is no certificate \"" + wanted.certificate() + "\"");
        };
    }

    @Override
    public void close() {
        run.close();
    }
}
