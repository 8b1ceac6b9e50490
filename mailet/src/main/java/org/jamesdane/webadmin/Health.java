/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dns.validating.ValidatorStatus;
import org.jamesdane.dns.validating.ValidatorStatus.UpstreamStatus;

/**
 * State of the extension.
 *
 * @param level the worst of its parts
 * @param problems one sentence each, with what to do; empty if all is well
 */
record Health(Level level, List<String> problems) {
    Health {
        problems = List.copyOf(problems);
    }

    /** Levels of trouble in ascending order; the ordinal is the value of the gauge. */
    enum Level {
        /** All is well. */
        HEALTHY(0),
        /** Mail is delivered as it should be, but something wants to be looked at. */
        DEGRADED(1),
        /** Mail is held, or delivered by outdated rules. */
        UNHEALTHY(2);

        private final int gauge;

        Level(int gauge) {
            this.gauge = gauge;
        }

        /** The number that stands for it in the metrics. */
        int gauge() {
            return gauge;
        }
    }

    /**
     * Puts the parts together.
     *
     * @param clock what is wrong with this host's clock
     * @param store what is wrong with the store of policies
     */
    static Health of(ValidatorStatus validator, Optional<Health> clock, Optional<Health> store) {
        List<Health> parts = new ArrayList<>();
        parts.add(resolvers(validator));
        List<String> advice = validator.upstreams().stream().flatMap(each -> each.advice().stream()).toList();
        // What is no resolver's problem is one of the trust anchors, of which the last good ones stay in force, or of the sockets.
        validator.problems().stream().filter(problem -> !advice.contains(problem))
            .forEach(problem -> parts.add(new Health(Level.UNHEALTHY, List.of(problem))));
        // A journal that fails holds no mail; a restart would lose what it should keep.
        validator.trustAnchors().warnings().forEach(warning -> parts.add(new Health(Level.DEGRADED, List.of(warning + "."))));
        clock.ifPresent(parts::add);
        store.ifPresent(parts::add);
        return new Health(parts.stream().map(Health::level).max(Level::compareTo).orElseThrow(),
            parts.stream().flatMap(part -> part.problems().stream()).toList());
    }

    private static Health resolvers(ValidatorStatus validator) {
        List<UpstreamStatus> upstreams = validator.upstreams();
        List<String> problems = new ArrayList<>(upstreams.stream().flatMap(each -> each.advice().stream()).toList());
        // Otherwise it is for another reason, which is told by itself.
        if (!validator.ready() && upstreams.stream().noneMatch(UpstreamStatus::usable)) {
            problems.add(0, upstreams.stream().anyMatch(UpstreamStatus::tested)
                ? "No DNS resolver can be used: mail is held, and neither ages nor bounces."
                : "The DNS resolvers are still being tested: mail is held until then.");
            return new Health(Level.UNHEALTHY, problems);
        }
        List<UpstreamStatus> usable = upstreams.stream().filter(UpstreamStatus::usable).toList();
        if (usable.stream().allMatch(UpstreamStatus::backingOff)) {
            problems.add("No DNS resolver replies at the moment: mail is deferred; check the resolvers and the way to them.");
            return new Health(Level.UNHEALTHY, problems);
        }
        usable.stream().filter(UpstreamStatus::backingOff).forEach(each -> problems.add("The DNS resolver "
            + each.address().getAddress().getHostAddress() + " does not reply at the moment; others are asked."));
        return new Health(problems.isEmpty() ? Level.HEALTHY : Level.DEGRADED, problems);
    }

    /** This state with more problems, none of which holds mail that is not named in it. */
    Health degradedBy(List<String> more) {
        List<String> all = new ArrayList<>(problems);
        all.addAll(more);
        return more.isEmpty() ? this : new Health(level == Level.HEALTHY ? Level.DEGRADED : level, all);
    }

    /** Both together: the worse level, and all problems. */
    Health and(Health other) {
        return new Health(level.compareTo(other.level) >= 0 ? level : other.level,
            Stream.concat(problems.stream(), other.problems.stream()).toList());
    }

    /** All problems on one line. */
    String sentence() {
        return String.join(" ", problems);
    }
}
