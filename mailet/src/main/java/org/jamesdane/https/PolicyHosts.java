/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jamesdane.dane.channel.PkixVerifier;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.text.PrintableText;
import org.jamesdane.tls.TlsHandshake;
import org.jamesdane.tls.TlsSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches policies of MTA-STS by HTTPS (RFC 8461 §3.3), one request a fetch.
 *
 * <p>Nothing of the platform's surroundings takes part: no proxy, no cookie, no cache, no other resolver. No redirect is followed, and
 * nothing is tried again by itself. A fetch waits in the thread that asks for it; {@link #close} ends all of them.
 */
public final class PolicyHosts implements PolicyFetcher, AutoCloseable {
    /**
     * Time for one fetch in all (RFC 8461 §3.3 suggests a minute). The look-up of the host and the wait for a place have as much before it.
     */
    public static final Duration LIMIT = Duration.ofMinutes(1);
    /** The port of policy hosts. */
    public static final int HTTPS_PORT = 443;

    /** Fetches at one time for mail that may wait. */
    static final int FIRST_PLACES = 16;
    /** Fetches at one time that refresh kept policies. */
    static final int REFRESH_PLACES = 8;
    /** Fetches at one time from one address, since many domains may name the same one. */
    static final int PLACES_OF_AN_ADDRESS = 2;
    /** Fetches that may wait for a place of one address; others are postponed, so that they leave threads for other addresses. */
    static final int WAITING_FOR_AN_ADDRESS = 32;
    /** Time between two requests to one address: a bound of our own, so that no policy host is flooded for the domains that name it. */
    static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyHosts.class);
    /** Time for one address to take the connection, so that a dead one leaves time for the next. */
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Names that stand in a request as they are: letters, digits, hyphens and underscores. */
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)+");

    /**
     * Terms of all fetches.
     *
     * @param authorities the CAs that may prove a policy host's name
     * @param allowedSpecialTargets private and special addresses that may be connected to all the same
     * @param port the port of policy hosts
     * @param limit the time for one fetch in all
     */
    public record Terms(Authorities authorities, List<AddressRange> allowedSpecialTargets, int port, Duration limit) {
        public Terms {
            allowedSpecialTargets = List.copyOf(allowedSpecialTargets);
        }

        /** The terms of RFC 8461: port 443, a minute, and no special address. */
        public static Terms with(Authorities authorities) {
            return new Terms(authorities, List.of(), HTTPS_PORT, LIMIT);
        }
    }

    /** No connection to an address came about, so that the next one may be tried. */
    private static final class NotConnected extends Exception {
        private static final long serialVersionUID = 1L;

        NotConnected(String text) {
            super(text, null, false, false);
        }
    }

    private final HostResolver resolver;
    private final Terms terms;
    private final InstantSource clock;
    private final Alarm alarm;
    private final Supplier<Socket> sockets;
    private final Pace pace;
    private final Places<Purpose> places = new Places<>(purpose -> purpose == Purpose.FIRST ? FIRST_PLACES : REFRESH_PLACES);
    private final Places<InetAddress> ofAddresses = new Places<>(address -> PLACES_OF_AN_ADDRESS);
    private final Set<Deadline> underWay = ConcurrentHashMap.newKeySet();
    private final FetchRecord record = new FetchRecord();
    private volatile boolean closed;

    /**
     * A client.
     *
     * @param dns looks up the hosts
     * @param clock the time at which certificates have to be valid
     * @param alarm ends fetches at their limit
     */
    public PolicyHosts(SecureDns dns, Terms terms, InstantSource clock, Alarm alarm) {
        this(dns, terms, clock, alarm, PolicyHosts::socket, new Pace(BETWEEN_REQUESTS, System::nanoTime, alarm));
    }

    PolicyHosts(SecureDns dns, Terms terms, InstantSource clock, Alarm alarm, Supplier<Socket> sockets, Pace pace) {
        this.resolver = new HostResolver(dns, terms.allowedSpecialTargets());
        this.terms = terms;
        this.clock = clock;
        this.alarm = alarm;
        this.sockets = sockets;
        this.pace = pace;
    }

    /** Without a proxy: one of the whole system would be a third party that picks the peer. */
    static Socket socket() {
        return new Socket(Proxy.NO_PROXY);
    }

    @Override
    public PolicyFetch fetch(DomainName domain, Purpose purpose) {
        PolicyFetch result = result(domain, purpose);
        record.count(result);
        return result;
    }

    /** Counts of the fetches since the start. */
    public FetchRecord record() {
        return record;
    }

    /** Fetches that wait for a place of that address. */
    int waitingFor(InetAddress address) {
        return ofAddresses.waiting(address);
    }

    /** Fetches that wait for a place of that purpose. */
    int waitingFor(Purpose purpose) {
        return places.waiting(purpose);
    }

    private PolicyFetch result(DomainName domain, Purpose purpose) {
        try (Deadline deadline = Deadline.in(terms.limit(), alarm)) {
            underWay.add(deadline);
            try {
                if (closed) {
                    stop(deadline);
                }
                return body(hostOf(domain), purpose, deadline);
            } finally {
                underWay.remove(deadline);
            }
        } catch (FetchFailure e) {
            return e.result();
        } catch (RuntimeException e) {
            LOGGER.error("The fetch of the MTA-STS policy of {} failed unexpectedly", domain, e);
            return FetchFailure.unavailable("an unexpected error, see the log of this server").result();
        }
    }

    private static DomainName hostOf(DomainName domain) throws FetchFailure {
        // RFC 8461 §3.3: the host is "mta-sts" below the policy domain.
        return StsPolicy.hostFor(domain).filter(host -> HOST_NAME.matcher(host.toString()).matches())
            .orElseThrow(() -> FetchFailure.unavailable("the domain's name cannot be part of a policy host's name"));
    }

    private PolicyFetch body(DomainName host, Purpose purpose, Deadline deadline) throws FetchFailure {
        String text = "";
        for (InetAddress address : resolver.addresses(host, deadline).addresses()) {
            Places.Place place = text.isEmpty() ? firstPlace(address, purpose, deadline) : place(address, purpose, deadline);
            try {
                return body(host, address, deadline);
            } catch (NotConnected e) {
                text = String.valueOf(e.getMessage());
            } finally {
                place.close();
            }
        }
        throw FetchFailure.unavailable(text);
    }

    /** Waits before anything is asked of the host: where that takes too long, the host is not to blame. */
    private Places.Place firstPlace(InetAddress address, Purpose purpose, Deadline deadline) throws FetchFailure {
        if (ofAddresses.waiting(address) >= WAITING_FOR_AN_ADDRESS) {
            throw FetchFailure.postponed("as many fetches wait for " + address.getHostAddress() + " as may");
        }
        try {
            Places.Place place = place(address, purpose, deadline);
            deadline.beginAnew();
            return place;
        } catch (FetchFailure e) {
            throw closed ? e : FetchFailure.postponed("there was no place for it in time");
        }
    }

    private Places.Place place(InetAddress address, Purpose purpose, Deadline deadline) throws FetchFailure {
        // The place of the address comes first: who waits for a slow address keeps nobody else from a fetch.
        Places.Place ofAddress = ofAddresses.take(address, deadline);
        boolean taken = false;
        try {
            pace.await(address, deadline);
            Places.Place ofPurpose = places.take(purpose, deadline);
            taken = true;
            return () -> {
                ofPurpose.close();
                ofAddress.close();
            };
        } finally {
            if (!taken) {
                ofAddress.close();
            }
        }
    }

    private PolicyFetch body(DomainName host, InetAddress address, Deadline deadline) throws FetchFailure, NotConnected {
        try (Socket socket = sockets.get()) {
            deadline.begin(() -> closeQuietly(socket));
            connect(socket, address, deadline);
            return exchange(socket, host, deadline);
        } catch (IOException e) {
            throw deadline.failure().orElseGet(() -> FetchFailure.unavailable("the connection to the policy host broke: " + text(e)));
        }
    }

    private void connect(Socket socket, InetAddress address, Deadline deadline) throws FetchFailure, NotConnected {
        try {
            socket.connect(new InetSocketAddress(address, terms.port()), (int) CONNECT.toMillis());
            // A request is small and waits for its answer.
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            Optional<FetchFailure> over = deadline.failure();
            if (over.isPresent()) {
                throw over.get();
            }
            throw new NotConnected("no connection to the policy host at " + address.getHostAddress() + " port " + terms.port() + ": "
                + text(e));
        }
    }

    private PolicyFetch exchange(Socket socket, DomainName host, Deadline deadline) throws FetchFailure, IOException {
        // RFC 8461 §3.3: the server name is the policy host's.
        TlsHandshake.Secured secured = secured(socket, host, deadline);
        List<PeerCertificate> chain = secured.channel().tls().orElseThrow().peerChain();
        Optional<PkixVerifier.Problem> problem = PkixVerifier.problem(chain, terms.authorities(), host, clock.instant());
        if (problem.isPresent()) {
            throw new FetchFailure(PolicyFetch.Cause.CERTIFICATE, "the policy host is not authenticated: " + problem.get().text());
        }
        secured.out().write(request(host));
        secured.out().flush();
        return PolicyFetch.of(HttpAnswer.read(secured.in()),
            chain.get(0).parsed().map(leaf -> leaf.getNotAfter().toInstant()));
    }

    private static TlsHandshake.Secured secured(Socket socket, DomainName host, Deadline deadline) throws FetchFailure {
        try {
            return TlsHandshake.perform(socket, TlsSettings.forServer(host));
        } catch (IOException e) {
            throw deadline.failure().orElseGet(() -> FetchFailure.unavailable("TLS with the policy host failed: " + text(e)));
        }
    }

    private static byte[] request(DomainName host) {
        return ("GET " + StsPolicy.PATH + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/plain\r\nAccept-Encoding: identity\r\n"
            + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : PrintableText.of(message);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.debug("A connection to a policy host could not be closed in order", e);
        }
    }

    private static void stop(Deadline deadline) {
        deadline.end("this server stops");
    }

    /** Ends the fetches that are under way; later ones fail at once. */
    @Override
    public void close() {
        closed = true;
        underWay.forEach(PolicyHosts::stop);
    }
}
