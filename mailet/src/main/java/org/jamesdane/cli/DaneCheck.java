/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.delivery.diagnosis.Explanation;
import org.jamesdane.delivery.diagnosis.Forecast;
import org.jamesdane.delivery.diagnosis.ProbeReport;
import org.jamesdane.dns.DomainName;
import org.jamesdane.text.JsonText;
import org.jamesdane.text.PrintableText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code dane-check}.
 */
@Command(name = "dane-check", mixinStandardHelpOptions = true, versionProvider = Version.class,
    subcommands = {TlsaCommand.class, DeferredCommand.class, AnchorsCommand.class, TlsRptCommand.class},
    description = "Says what becomes of mail to domains under DANE (RFC 7672) and MTA-STS (RFC 8461).",
    footer = "%nExit status: 0 all go authenticated; 1 one is not protected by DANE; 2 one would be deferred or returned; "
        + "3 wrong usage, or a failure on this side. Of several domains the highest counts.")
public final class DaneCheck implements Callable<Integer> {
    static final int AUTHENTICATED = 0;
    static final int NOT_PROTECTED = 1;
    static final int NOT_DELIVERED = 2;
    static final int FAILED = 3;
    /** A line of standard input; a domain has at most about a thousand characters in presentation form. */
    private static final int MAX_LINE = 1024;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;

    @Mixin
    private CheckOptions surroundings = new CheckOptions();

    @Mixin
    private PolicyOptions policies = new PolicyOptions();

    @Option(names = "--probe", description = "Connect to every host, start TLS, verify the certificate, and send nothing.")
    private boolean probe;

    @Option(names = "--json", description = "Print one line of JSON for each domain.")
    private boolean json;

    @Option(names = "--mx-host", paramLabel = "HOST", description = "Look at this one of the domain's MX hosts only.")
    private Optional<String> mxHost = Optional.empty();

    @Parameters(paramLabel = "DOMAIN", description = "The domains of recipients. Without any, or as -, one is read from each line of "
        + "standard input.")
    private List<String> domains = new ArrayList<>();

    DaneCheck(InputStream in, PrintStream out, PrintStream err, Terminal terminal) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Runs the command and ends the process with its status. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess(System.getenv());
        System.exit(run(arguments, System.in, System.out, System.err, terminal));
    }

    static int run(String[] arguments, InputStream in, PrintStream out, PrintStream err, Terminal terminal) {
        DaneCheck command = new DaneCheck(in, out, err, terminal);
        int status = commandLine(command, out)
            .setOut(new java.io.PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new java.io.PrintWriter(err, true, StandardCharsets.UTF_8))
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setParameterExceptionHandler((failure, args) -> {
                err.println("dane-check: " + PrintableText.of(String.valueOf(failure.getMessage())) + "; --help says what is allowed.");
                return FAILED;
            })
            .setExecutionExceptionHandler((failure, line, result) -> {
                err.println("dane-check: " + (failure instanceof LocalFailure local ? local.sentence() : "unexpected error: " + failure));
                return FAILED;
            })
            .execute(arguments);
        out.flush();
        err.flush();
        return status;
    }

    /** The command with its own ones. */
    static CommandLine commandLine(DaneCheck command, PrintStream out) {
        return new CommandLine(command, new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                if (type == TlsRptCommand.class) {
                    return type.cast(new TlsRptCommand(command.in, out));
                }
                if (type == AnchorsCommand.class) {
                    return type.cast(new AnchorsCommand(out, Clock.systemUTC()));
                }
                return type == TlsaCommand.class ? type.cast(new TlsaCommand(out))
                    : type == DeferredCommand.class ? type.cast(new DeferredCommand(out)) : CommandLine.defaultFactory().create(type);
            }
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<DomainName> onlyHost = mxHost.map(DaneCheck::name);
        int worst = AUTHENTICATED;
        try (CheckOptions.Opened opened = surroundings.open(policies.search());
             BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            opened.outOfOrder().ifPresent(problem -> {
                throw new LocalFailure(problem + (problem.endsWith(".") ? "" : "."));
            });
            boolean listed = !domains.isEmpty() && !domains.equals(List.of("-"));
            int number = 0;
            for (Optional<String> next = next(listed, number, lines); next.isPresent(); next = next(listed, ++number, lines)) {
                if (!next.get().isBlank()) {
                    worst = Math.max(worst, check(opened.diagnosis(), next.get().strip(), number, onlyHost));
                }
            }
            if (number == 0) {
                throw new LocalFailure("No domain was given.");
            }
        }
        return worst;
    }

    private Optional<String> next(boolean listed, int number, BufferedReader lines) throws IOException {
        if (listed) {
            return number < domains.size() ? Optional.of(domains.get(number)) : Optional.empty();
        }
        return Optional.ofNullable(lines.readLine());
    }

    private static DomainName name(String text) {
        try {
            return DomainName.of(text);
        } catch (IllegalArgumentException e) {
            throw new LocalFailure("--mx-host: " + e.getMessage() + ".");
        }
    }

    /** Checks one domain; an error with that domain does not end the check of the others. */
    private int check(Diagnosis diagnosis, String text, int number, Optional<DomainName> onlyHost) throws InterruptedException {
        progress((number + 1) + ": " + PrintableText.of(text));
        try {
            NextHop nextHop = diagnosis.destination(text.length() > MAX_LINE ? text.substring(0, MAX_LINE) : text);
            Explanation explanation = diagnosis.explain(nextHop, onlyHost);
            Optional<ProbeReport> report = Optional.empty();
            if (probe) {
                report = Optional.of(diagnosis.probe(explanation,
                    state -> progress((number + 1) + ": " + nextHop + ", " + state.probes().size() + " of " + state.total())));
            }
            Forecast prospect = report.map(ProbeReport::prospect).orElse(explanation.prospect());
            progress("");
            print(explanation, report, prospect);
            return status(prospect.kind());
        } catch (IllegalArgumentException e) {
            progress("");
            if (json) {
                out.println(JsonText.of(Map.of("domain", PrintableText.of(text), "error", e.getMessage() + ".")));
            }
            err.println("dane-check: " + e.getMessage() + ".");
            return FAILED;
        }
    }

    static int status(Forecast.Kind kind) {
        return switch (kind) {
            case AUTHENTICATED -> AUTHENTICATED;
            case AUTHENTICATED_STS, HOST_AUTHENTICATED, ENCRYPTED, UNPROTECTED -> NOT_PROTECTED;
            case DEFERRED, BOUNCED -> NOT_DELIVERED;
            case UNKNOWN -> FAILED;
        };
    }

    private void progress(String text) {
        if (terminal.isInteractive()) {
            err.print("\r\u001b[K" + text);
            err.flush();
        }
    }

    private void print(Explanation explanation, Optional<ProbeReport> report, Forecast prospect) {
        if (!json) {
            out.print(TextReport.of(explanation, report, prospect, terminal));
            return;
        }
        Map<String, Object> tree = new LinkedHashMap<>(explanation.toTree());
        tree.put("prospect", prospect.kind().toString());
        tree.put("sentence", prospect.sentence());
        report.ifPresent(probed -> tree.put("probe", probed.toTree()));
        out.println(JsonText.of(tree));
    }
}
