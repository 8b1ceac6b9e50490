/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** OpenSSL's and GnuTLS's servers, one at a time, and posttls-finger beside them. */
final class TlsServers implements AutoCloseable {
    private static final String ADDRESS = "127.53.9.1";
    private static final Pattern TRUST = Pattern.compile("(Verified|Trusted|Untrusted|Anonymous) TLS connection established");
    private static final int TRIES = 100;
    private static final int PAUSE_MILLIS = 50;

    private final Path roots = Path.of(System.getProperty("peers.roots", "roots")).toAbsolutePath();
    private final Path directory;
    private final Map<String, byte[]> publicKeys = new LinkedHashMap<>();

    TlsServers() throws IOException {
        directory = Files.createTempDirectory(roots.resolve("tls/tmp"), "tls");
        Path settings = Files.createDirectories(roots.resolve("postfix/etc/postfix")).resolve("main.cf");
        if (!Files.exists(settings)) {
            Files.createFile(settings);
        }
        for (Map.Entry<String, List<String>> key : TlsZoo.KEYS.entrySet()) {
            List<String> command = new ArrayList<>(List.of("openssl", "genpkey", "-out", inside(key.getKey() + ".key")));
            command.addAll(key.getValue());
            run("tls", command);
            List<String> export = new ArrayList<>(List.of("openssl", "pkey", "-in", inside(key.getKey() + ".key"), "-pubout", "-outform",
                "DER", "-out", inside(key.getKey() + ".spki")));
            if (key.getKey().endsWith("compressed")) {
                export.addAll(List.of("-ec_conv_form", "compressed"));
            }
            run("tls", export);
            run("tls", List.of("openssl", "pkey", "-in", inside(key.getKey() + ".key"), "-pubout", "-out", inside(key.getKey() + ".pub")));
            Path exported = directory.resolve(key.getKey() + ".spki");
            if (Files.exists(exported)) {
                publicKeys.put(key.getKey(), Files.readAllBytes(exported));
            }
        }
    }

    private String inside(String file) {
        return "/tmp/" + directory.getFileName() + "/" + file;
    }

    private ProcessBuilder chrooted(String root, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("chroot", roots.resolve(root).toString()));
        whole.addAll(command);
        return new ProcessBuilder(whole).redirectErrorStream(true);
    }

    private String run(String root, List<String> command) throws IOException {
        Process process = chrooted(root, command).redirectInput(new File("/dev/null")).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        process.destroy();
        return output;
    }

    /** A running server. */
    final class Running implements AutoCloseable {
        private final Process process;
        private final int port;
        private final byte[] publicKey;

        private Running(Process process, int port, byte[] publicKey) {
            this.process = process;
            this.port = port;
            this.publicKey = publicKey;
        }

        byte[] keyDigest() {
            try {
                return MessageDigest.getInstance("SHA-256").digest(publicKey);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        InetSocketAddress address() {
            return new InetSocketAddress(ADDRESS, port);
        }

        Socket connect() throws IOException {
            Socket socket = new Socket();
            socket.connect(address(), 5_000);
            socket.setSoTimeout(10_000);
            return socket;
        }

        /** The referee's word: its trust in the host whose key has that digest, or its last words. */
        String finger() throws IOException {
            String output = TlsServers.this.run("postfix", List.of("posttls-finger", "-c", "-w", "-l", "fingerprint", "-d", "sha256",
                "-T", "1", "-t", "5", "[" + ADDRESS + "]:" + port, HexFormat.ofDelimiter(":").withUpperCase().formatHex(keyDigest())));
            Matcher trust = TRUST.matcher(output);
            return trust.find() ? trust.group(1) : "no TLS: " + output.lines().reduce("", (one, other) -> other);
        }

        @Override
        public void close() {
            process.destroy();
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts the server of a case; empty if the program refuses it. */
    Optional<Running> start(TlsCase wanted) throws IOException {
        byte[] publicKey = publicKeys.get(wanted.key());
        if (publicKey == null) {
            return Optional.empty();
        }
        StringBuilder strangers = new StringBuilder();
        wanted.strangers().forEach(each -> strangers.append(OddCertificate.pem(each)));
        String leaf = OddCertificate.pem(wanted.certificate().around(publicKey));
        Files.writeString(directory.resolve("leaf.pem"), leaf);
        Files.writeString(directory.resolve("strangers.pem"), strangers);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, java.net.InetAddress.getByName(ADDRESS))) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        if (wanted.server() == TlsCase.Server.OPENSSL) {
            command.addAll(List.of("openssl", "s_server", "-accept", ADDRESS + ":" + port, "-cert", inside("leaf.pem"), "-key",
                inside(wanted.key() + ".key"), "-quiet"));
            if (!strangers.isEmpty()) {
                command.addAll(List.of("-cert_chain", inside("strangers.pem")));
            }
        } else {
            command.addAll(List.of("gnutls-serv", "--quiet", "--echo", "--port", Integer.toString(port)));
            command.addAll(wanted.arguments().contains("--rawpkfile") ? List.of() : List.of("--x509certfile", inside("leaf.pem"),
                "--x509keyfile", inside(wanted.key() + ".key")));
        }
        wanted.arguments().forEach(argument -> command.add(argument.startsWith("@") ? inside(argument.substring(1)) : argument));
        Process process = chrooted("tls", command).redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Running running = new Running(process, port, publicKey);
        for (int i = 0; i < TRIES && process.isAlive(); i++) {
            try {
                running.connect().close();
                return Optional.of(running);
            } catch (IOException e) {
                pause();
            }
        }
        running.close();
        return Optional.empty();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
