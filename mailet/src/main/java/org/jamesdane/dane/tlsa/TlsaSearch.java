/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.TlsaRecord;

/**
 * The search for the TLSA records of one host: a question to put to the DNS, or the result.
 */
public sealed interface TlsaSearch {

    /** Treatment of hosts that an insecure MX RRset named (RFC 7672 §2.2.1). */
    enum InsecureMx {
        /** Use the TLSA records they may have. */
        DANE,
        /** Leave DANE out. */
        OPPORTUNISTIC
    }

    /**
     * Ask for the CNAME record itself, to learn its security apart from that of what it leads to (RFC 7672 §2.1.3).
     *
     * @param owner the alias
     * @param port the port of the search
     */
    record AskAlias(DomainName owner, int port) implements TlsaSearch {
        /** Goes on with the answer. */
        public TlsaSearch with(Lookup<CnameRecord> answer) {
            return tlsa(BaseDomains.afterAsking(owner, answer), port);
        }
    }

    /**
     * Ask for TLSA records, following their aliases.
     *
     * @param owner the name to ask for
     * @param base the candidate base domain
     * @param remaining the candidates behind it
     * @param port the port of the search
     * @param asked what was asked before
     */
    record AskTlsa(DomainName owner, DomainName base, List<DomainName> remaining, int port, List<Resolution<TlsaRecord>> asked)
            implements TlsaSearch {
        public AskTlsa {
            remaining = List.copyOf(remaining);
            asked = List.copyOf(asked);
        }

        /** Goes on with the answer. */
        public TlsaSearch with(Resolution<TlsaRecord> answer) {
            List<Resolution<TlsaRecord>> all = new ArrayList<>(asked);
            all.add(answer);
            if (answer.terminal() instanceof Lookup.Failed<TlsaRecord> failed) {
                // RFC 7672 §2.1.2, RFC 6698 §4.1: an error stops the search; the host counts as unreachable.
                return new Done(new TlsaDiscovery.LookupFailed(base, failed, all));
            }
            if (answer.isSecure() && !answer.records().isEmpty()) {
                // RFC 7672 §2.2.3: the first candidate with a secure TLSA RRset is the base domain; the aliases of the TLSA records
                // do not change it.
                return new Done(TlsaDiscovery.found(base, answer.records(), all));
            }
            // RFC 7672 §2.2.3, RFC 6698 §4.1: insecure records are as good as none; both lead on to the next candidate.
            return ask(remaining, port, all);
        }
    }

    /** The search is over. */
    record Done(TlsaDiscovery discovery) implements TlsaSearch {
    }

    /**
     * Starts the search for a host, or ends it where DANE does not apply.
     *
     * @param addresses the host's addresses, which are looked up first (RFC 7672 §2.2.2)
     */
    static TlsaSearch begin(Policy policy, Routing.Route route, HostAddresses.Found addresses, InsecureMx insecureMx) {
        if (!policy.usesDane()) {
            return notApplicable(TlsaDiscovery.Why.POLICY);
        }
        if (!(addresses.host() instanceof MxHost.Named host)) {
            // RFC 7672 §2.2: DANE does not apply to address literals, nor to MX records that list addresses.
            return notApplicable(TlsaDiscovery.Why.ADDRESS_LITERAL);
        }
        if (route.usesMx() && route.security() == Security.INSECURE && insecureMx == InsecureMx.OPPORTUNISTIC) {
            // RFC 7672 §2.2.1: DANE with an insecure MX RRset is the client's choice.
            return notApplicable(TlsaDiscovery.Why.INSECURE_MX);
        }
        int port = route.nextHop().port();
        BaseDomains candidates = BaseDomains.candidates(host.name(), addresses);
        return candidates instanceof BaseDomains.AliasSecurityUnknown unknown
            ? new AskAlias(unknown.alias(), port) : tlsa(candidates, port);
    }

    /** Runs the search to its end. */
    static TlsaDiscovery run(TlsaSearch search, Function<DomainName, Lookup<CnameRecord>> aliases,
            Function<DomainName, Resolution<TlsaRecord>> records) {
        TlsaSearch state = search;
        while (true) {
            if (state instanceof AskAlias ask) {
                state = ask.with(aliases.apply(ask.owner()));
            } else if (state instanceof AskTlsa ask) {
                state = ask.with(records.apply(ask.owner()));
            } else {
                return ((Done) state).discovery();
            }
        }
    }

    private static TlsaSearch tlsa(BaseDomains candidates, int port) {
        if (candidates instanceof BaseDomains.Failed failed) {
            return new Done(new TlsaDiscovery.LookupFailed(failed.failure().owner(), failed.failure(), List.of()));
        }
        return candidates instanceof BaseDomains.Candidates some ? ask(some.names(), port, List.of())
            : notApplicable(TlsaDiscovery.Why.INSECURE_ADDRESS);
    }

    private static TlsaSearch ask(List<DomainName> candidates, int port, List<Resolution<TlsaRecord>> asked) {
        for (int i = 0; i < candidates.size(); i++) {
            DomainName base = candidates.get(i);
            DomainName owner = BaseDomains.tlsaName(base, port).orElse(null);
            if (owner != null) {
                return new AskTlsa(owner, base, candidates.subList(i + 1, candidates.size()), port, asked);
            }
        }
        return new Done(new TlsaDiscovery.Absent(asked));
    }

    private static Done notApplicable(TlsaDiscovery.Why why) {
        return new Done(new TlsaDiscovery.NotApplicable(why));
    }
}
