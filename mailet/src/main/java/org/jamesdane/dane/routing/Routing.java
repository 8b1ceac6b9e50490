/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Security;

/**
 * Hosts that a next hop leads to, or the reason why there are none.
 */
public sealed interface Routing {

    /** Source of the hosts of a route. */
    enum Kind {
        /** MX records. */
        EXPLICIT_MX,
        /** The domain itself, which has no MX records (RFC 5321 §5.1). */
        IMPLICIT_MX,
        /** The next hop is an address. */
        ADDRESS_LITERAL,
        /** Configuration, without MX records. */
        GATEWAY
    }

    /**
     * Hosts to try, in this order.
     *
     * @param nextHop the original next hop
     * @param kind how the hosts were found
     * @param expanded the next-hop domain with its aliases expanded; for an address literal its text
     * @param security whether the hosts were securely found; what was configured counts as secure
     * @param hosts at least one
     * @param notes what was left out of the list and why, for people
     */
    record Route(NextHop nextHop, Kind kind, String expanded, Security security, List<MxHost> hosts, List<String> notes)
            implements Routing {
        public Route {
            hosts = List.copyOf(hosts);
            notes = List.copyOf(notes);
            if (hosts.isEmpty()) {
                throw new IllegalArgumentException("a route to " + nextHop + " without hosts");
            }
        }

        /** Tests whether the hosts come from MX records. */
        public boolean usesMx() {
            return kind == Kind.EXPLICIT_MX;
        }

        /** The hosts of equal preference, level by level. */
        public List<List<MxHost>> levels() {
            List<List<MxHost>> levels = new ArrayList<>();
            for (MxHost host : hosts) {
                if (levels.isEmpty() || levels.get(levels.size() - 1).get(0).preference() != host.preference()) {
                    levels.add(new ArrayList<>());
                }
                levels.get(levels.size() - 1).add(host);
            }
            return levels;
        }

        /**
         * The route without a host that turned out to be ourselves, and without all of the same or a worse preference.
         */
        public Routing cutAt(MxHost ourselves) {
            // RFC 5321 §5.1: all records at the preference level of a matching one and higher-numbered ones are discarded.
            List<MxHost> better = hosts.stream().filter(host -> host.preference() < ourselves.preference()).toList();
            if (better.isEmpty()) {
                return MxRouting.loop(nextHop, ourselves.toString());
            }
            List<String> told = new ArrayList<>(notes);
            told.add(ourselves + " is this server: only hosts preferred to it are tried");
            return new Route(nextHop, kind, expanded, security, better, told);
        }
    }

    /** A next hop without hosts to connect to. */
    sealed interface NoRoute extends Routing {
        /** Enhanced status code to report. */
        EnhancedStatusCode code();

        /** Sentence to report. */
        String text();

        /** The rule behind it. */
        RfcSection section();

        /** Tests whether the mail is to be returned now. */
        default boolean isPermanent() {
            return code().isPermanent();
        }
    }

    /** The domain says that it takes no mail. */
    record NullMx(DomainName domain, String text) implements NoRoute {
        @Override
        public EnhancedStatusCode code() {
            return EnhancedStatusCode.NULL_MX;
        }

        @Override
        public RfcSection section() {
            return RfcSection.NULL_MX;
        }
    }

    /** The domain does not exist. */
    record NoSuchDomain(DomainName domain, String text) implements NoRoute {
        @Override
        public EnhancedStatusCode code() {
            return EnhancedStatusCode.UNABLE_TO_ROUTE;
        }

        @Override
        public RfcSection section() {
            return RfcSection.LOCATING_THE_HOST;
        }
    }

    /** The best host of the domain is this server, which does not take the mail itself. */
    record Loop(String domain, String text) implements NoRoute {
        @Override
        public EnhancedStatusCode code() {
            return EnhancedStatusCode.LOOP;
        }

        @Override
        public RfcSection section() {
            return RfcSection.LOCATING_THE_HOST;
        }
    }

    /**
     * The hosts cannot be determined now, or not reliably enough for the policy.
     *
     * @param failure the reason, as a failure of the domain itself
     */
    record Deferred(HostFailure failure) implements NoRoute {
        @Override
        public EnhancedStatusCode code() {
            return failure.code();
        }

        @Override
        public String text() {
            return failure.sentence();
        }

        @Override
        public RfcSection section() {
            return failure.section();
        }
    }
}
