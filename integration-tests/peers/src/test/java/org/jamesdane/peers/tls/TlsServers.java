/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.peers.Pem;
import org.jamesdane.testing.pki.Credential;

/** OpenSSL's and GnuTLS's servers, one at a time, and posttls-finger beside them. */
final class TlsServers implements AutoCloseable {
    static final String ADDRESS = "127.53.9.1";
    private static final Pattern TRUST = Pattern.compile("(Verified|Trusted|Untrusted|Anonymous) TLS connection established");
    /** Limit of the referee for connecting and for each reply, as our own reads have it. */
    private static final String SECONDS = "10";
    private static final int TRIES = 500;
    private static final int PAUSE_MILLIS = 10;

    private final Path roots = Path.of(System.getProperty("peers.roots", "roots")).toAbsolutePath();
    private final Path directory;

    TlsServers() throws IOException {
        directory = Files.createTempDirectory(roots.resolve("tls/tmp"), "tls");
        Path settings = Files.createDirectories(roots.resolve("postfix/etc/postfix")).resolve("main.cf");
        if (!Files.exists(settings)) {
            Files.createFile(settings);
        }
    }

    /** Lets the referee ask that resolver and believe its AD bit. */
    void resolveBy(String address) throws IOException {
        Files.writeString(Files.createDirectories(roots.resolve("postfix/etc")).resolve("resolv.conf"),
            "nameserver " + address + "\noptions trust-ad edns0\n");
    }

    /** The key of that name in the zoo, made at the first request; empty if the program does not make it. */
    private Optional<byte[]> publicKey(String name) throws IOException {
        Path exported = directory.resolve(name + ".spki");
        if (!Files.exists(directory.resolve(name + ".key"))) {
            List<String> command = new ArrayList<>(List.of("openssl", "genpkey", "-out", inside(name + ".key")));
            command.addAll(TlsZoo.KEYS.getOrDefault(name, List.of()));
            run("tls", command);
            List<String> export = new ArrayList<>(List.of("openssl", "pkey", "-in", inside(name + ".key"), "-pubout", "-outform",
                "DER", "-out", inside(name + ".spki")));
            if (name.endsWith("compressed")) {
                export.addAll(List.of("-ec_conv_form", "compressed"));
            }
            run("tls", export);
            run("tls", List.of("openssl", "pkey", "-in", inside(name + ".key"), "-pubout", "-out", inside(name + ".pub")));
        }
        return Files.exists(exported) ? Optional.of(Files.readAllBytes(exported)) : Optional.empty();
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
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
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

        /** The referee's word on the hosts of a domain by their TLSA records, as {@link #finger()}. */
        String finger(String domain) throws IOException {
            return word("dane", domain + ":" + port);
        }

        /**
         * Ends with the word itself: the referee would go on to wait for a greeting. It may wait for the handshake as long as we do, so
         * that a busy machine changes no word.
         */
        private String word(String level, String... question) throws IOException {
            List<String> command = new ArrayList<>(List.of("posttls-finger", "-c", "-w", "-T", SECONDS, "-t", SECONDS, "-l", level));
            command.addAll(List.of(question));
            Process process = chrooted("postfix", command).redirectInput(new File("/dev/null")).start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
                String last = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher trust = TRUST.matcher(line);
                    if (trust.find()) {
                        return trust.group(1);
                    }
                    last = line;
                }
                return "no TLS: " + last;
            } finally {
                process.destroy();
            }
        }

        int port() {
            return port;
        }

        /** The referee's word: its trust in the host whose key has that digest, or its last words. */
        String finger() throws IOException {
            return word("fingerprint", "-d", "sha256", "[" + ADDRESS + "]:" + port,
                HexFormat.ofDelimiter(":").withUpperCase().formatHex(keyDigest()));
        }

        /** The referee's word on the host where nothing authenticates it. */
        String fingerOfAnybody() throws IOException {
            return word("may", "[" + ADDRESS + "]:" + port);
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
        Optional<byte[]> publicKey = publicKey(wanted.key());
        if (publicKey.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder strangers = new StringBuilder();
        wanted.strangers().forEach(each -> strangers.append(OddCertificate.pem(each)));
        Files.writeString(directory.resolve("leaf.pem"), OddCertificate.pem(wanted.certificate().around(publicKey.get())));
        Files.writeString(directory.resolve("strangers.pem"), strangers);
        return start(wanted.server(), wanted.key() + ".key", !strangers.isEmpty(), publicKey.get(), wanted.arguments());
    }

    /** Starts a server that shows this chain; empty if the program refuses it. */
    Optional<Running> start(TlsCase.Server server, Credential shown, List<String> arguments) throws IOException {
        Files.writeString(directory.resolve("shown.key"), Pem.key(shown));
        Files.writeString(directory.resolve("leaf.pem"), Pem.chain(shown.leafOnly()));
        List<X509Certificate> above = shown.chain().subList(1, shown.chain().size());
        Files.writeString(directory.resolve("strangers.pem"), above.isEmpty() ? "" : Pem.chain(shown.showing(above)));
        return start(server, "shown.key", !above.isEmpty(), shown.certificate().getPublicKey().getEncoded(), arguments);
    }

    private Optional<Running> start(TlsCase.Server server, String key, boolean strangers, byte[] publicKey, List<String> arguments)
            throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, java.net.InetAddress.getByName(ADDRESS))) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        if (server == TlsCase.Server.OPENSSL) {
            command.addAll(List.of("openssl", "s_server", "-accept", ADDRESS + ":" + port, "-cert", inside("leaf.pem"), "-key",
                inside(key), "-quiet"));
            if (strangers) {
                command.addAll(List.of("-cert_chain", inside("strangers.pem")));
            }
        } else {
            Files.writeString(directory.resolve("chain.pem"), Files.readString(directory.resolve("leaf.pem"))
                + Files.readString(directory.resolve("strangers.pem")));
            command.addAll(List.of("gnutls-serv", "--quiet", "--echo", "--port", Integer.toString(port)));
            command.addAll(arguments.contains("--rawpkfile") ? List.of() : List.of("--x509certfile", inside("chain.pem"),
                "--x509keyfile", inside(key)));
        }
        arguments.forEach(argument -> command.add(argument.startsWith("@") ? inside(argument.substring(1)) : argument));
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
