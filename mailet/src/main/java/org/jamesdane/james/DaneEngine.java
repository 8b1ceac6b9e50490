/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.annotation.PreDestroy;
import javax.inject.Inject;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.utils.PropertiesProvider;
import org.jamesdane.dane.policy.PolicyLookup;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.delivery.diagnosis.TimedProbe;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.delivery.retry.DeliveryThreads;
import org.jamesdane.delivery.retry.StopSignal;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.retry.TimedStorageRetryQueue;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.store.AuditStatistics;
import org.jamesdane.store.ConfigurationWatch;
import org.jamesdane.store.FileAcceptedRecipients;
import org.jamesdane.store.OperatorEvents;
import org.jamesdane.store.OperatorSettings;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts that all mailets of the process share: the settings of dane.properties, the validator, the connections, and the threads that
 * deliver.
 *
 * <p>It ends once, with the first mailet that is destroyed or with James itself, whichever comes first.
 */
public final class DaneEngine {
    private static final Logger LOGGER = LoggerFactory.getLogger(DaneEngine.class);
    /** Time for deliveries under way when James stops; James itself gives its own parts about as long. */
    private static final Duration GRACE = Duration.ofSeconds(7);
    /** Time for mail to get back where it came from, once its connections are cut. */
    private static final Duration AFTERMATH = Duration.ofSeconds(2);

    private final DaneProperties properties;
    private final ValidatingDns dns;
    private final Stores stores;
    private final OperatorEvents events;
    private final SettledItems settledItems;
    private final PolicyChangeRelease release;
    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private final ConnectionPool pool;
    private final ExecutorService deliveries;
    private final ScheduledExecutorService timer;
    private final Dispatcher dispatcher;
    private final TimedStorageRetryQueue aside;
    private final MtaSts mtaSts;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, OutboundQueue> queues = new ConcurrentHashMap<>();
    private final AllDeferredMails deferredMails = new AllDeferredMails(this::stopTaking);
    private final ProbeSettings probeSettings = new ProbeSettings();
    @GuardedBy("this")
    private final Map<String, MailetParameters> settings = new HashMap<>();
    /** Given when this server begins to stop. */
    private final StopSignal stopping = new StopSignal();
    /** Given when the grace is over. */
    private final StopSignal graceOver = new StopSignal();
    @GuardedBy("this")
    private boolean closed;
    private volatile @Nullable DeferralPlaces deferralPlaces;

    @Inject
    DaneEngine(RequiredModule unused, PropertiesProvider properties, JamesEnvironment surroundings, Clock clock) {
        this(DaneProperties.parse(DaneProperties.read(properties), surroundings), clock);
        new ConfigurationWatch(this.properties.store().directory(), events).started(DaneProperties.SOURCE, DaneProperties.read(properties));
    }

    /** Makes the parts; {@link #start} sets them going. */
    DaneEngine(DaneProperties properties, Clock clock) {
        this.properties = properties;
        this.clock = clock;
        this.pool = new ConnectionPool(connector, properties.smtp().connections(), clock);
        this.dns = ValidatingDns.create(properties.validator(), clock, random);
        this.stores = new Stores(properties.store(), properties.policy().byDefault(), clock, runName());
        NegativeTrustAnchorSync.between(stores.settings(), dns);
        this.events = new OperatorEvents(properties.store().directory(), properties.mail().deferral().nodeName(), clock);
        stores.settings().tellTo(events);
        TrustAnchorEvents.between(dns, events);
        this.settledItems = new SettledItems(Stream.concat(
            Stream.of(new FileAcceptedRecipients(properties.store().directory(), clock)), stores.accepted().stream()).toList());
        this.release = PolicyChangeRelease.of(stores.settings(), deferredMails);
        this.deliveries = DeliveryThreads.atMost(properties.smtp().concurrency().deliveries(), "dane-delivery-");
        this.timer = timer();
        this.dispatcher = new Dispatcher(deliveries, properties.smtp().concurrency(), System::nanoTime, random,
            new DestinationMemory(stores.destinations()));
        this.aside = new TimedStorageRetryQueue(timer, properties.smtp().concurrency().deliveries());
        this.mtaSts = MtaSts.of(properties.policy(), stores.stsPolicies(), new MtaSts.Means(dns, dns::flush, clock, random, timer,
            properties.smtp().concurrency().inHand(), MtaSts.exceptions(stores.settings())));
    }

    /** Reads the stores and starts the timer; called by the injector once the engine is made. */
    @Inject
    void start(GaugeRegistry gauges) {
        stores.start();
        TemporaryFiles.own().clear();
        every(EarlierMail.PAUSE, () -> EarlierMail.lookFor(stores.settings().knowledge(), deferredMails));
        every(Duration.ofSeconds(1), this::tick);
        every(MtaSts.TICK, () -> guarded("MTA-STS policies to be fetched anew", mtaSts::tick));
        ValidatorGauges.register(gauges, dns::status);
        DispatchGauges.register(gauges, dispatcher::status);
        StsGauges.register(gauges, mtaSts);
        gauges.register("dane.deferred.problems", () -> deferralProblems().size());
        gauges.register("dane.queues.not.consumed", () -> queues.values().stream().filter(queue -> !queue.isConsumed()).count());
        gauges.register("dane.queues.not.deferrable", () -> queues.values().stream().filter(queue -> !queue.canDefer()).count());
        LOGGER.info("Outbound DANE: policy {} by default, DNS servers {}, policies kept as {}", properties.policy().byDefault(),
            properties.validator().upstreams(), stores);
    }

    private void every(Duration pause, Runnable task) {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(task, pause.toSeconds(), pause.toSeconds(), TimeUnit.SECONDS);
    }

    /** Makes the timer; work that is due after the stop is dropped without anybody's being interrupted. */
    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("dane-timer-"));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        return timer;
    }

    /** The time alone would be the same for two nodes that are started together. */
    private String runName() {
        return clock.instant() + "/" + Long.toHexString(random.nextLong());
    }

    private void tick() {
        guarded("Mail that waits for a destination", dispatcher::tick);
        guarded("Mail that was set aside", aside::tick);
        queues.values().forEach(queue -> guarded("The subscription to a queue", queue::tick));
    }

    /** A task that throws would never run again. */
    private static void guarded(String what, Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOGGER.error("{} could not be looked after", what, e);
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    DaneProperties properties() {
        return properties;
    }

    /** Policies that destinations are held to. */
    public PolicyLookup policies() {
        return stores.settings().policies();
    }

    /** The validator. */
    public ValidatingDns dns() {
        return dns;
    }

    /** The names by which webadmin may be called while it asks for no token. */
    public Set<String> webadminHosts() {
        return properties.webadminHosts();
    }

    /** Settings of operators: policies and negative trust anchors. */
    public OperatorSettings settings() {
        return stores.settings();
    }

    /** Tests whether all nodes keep policies, exceptions and statistics in one database. */
    public boolean isStoreShared() {
        return stores.mailConnections().isPresent();
    }

    /** Connections to the database for mail; empty without a database. */
    Optional<PostgresConnections> mailConnections() {
        return stores.mailConnections();
    }

    /** The stream of changes to what this server trusts or holds mail to. */
    public OperatorEvents events() {
        return events;
    }

    /** Counts that audits made. */
    public AuditStatistics statistics() {
        return stores.statistics();
    }

    /** Deliveries on this node. */
    public DeliveriesHere deliveriesHere() {
        return new DeliveriesHere(dispatcher, pool);
    }

    /** MTA-STS for all mailets. */
    public MtaSts mtaSts() {
        return mtaSts;
    }

    ConnectionPool connections() {
        return pool;
    }

    /** Place where mail waits that can't be stored. */
    StorageRetryQueue aside() {
        return aside;
    }

    /** The pauses between attempts to store a mail; they end with the grace. */
    Backoff patience() {
        return graceOver;
    }

    SecureRandom random() {
        return random;
    }

    /** Problems of the queues that are consumed here, as sentences. */
    public List<String> queueProblems() {
        return queues.values().stream().flatMap(queue -> queue.problems().stream()).toList();
    }

    /** The time that everything here goes by. */
    public Clock clock() {
        return clock;
    }

    /** Lets no mail begin once this server stops, or as long as nobody knows what the destinations are held to. */
    DeliveryGate gate() {
        return new ServerGate(graceOver, settings().knowledge());
    }

    /** The deferred mail of all queues. */
    DeferredMails deferredMails() {
        return deferredMails;
    }

    /** Places where deferred mail waits; made once. */
    synchronized DeferralPlaces deferralPlaces(Supplier<DeferralPlaces> places) {
        DeferralPlaces present = deferralPlaces;
        if (present == null) {
            present = places.get();
            deferralPlaces = present;
        }
        return present;
    }

    /** The way for deferred mail that waits elsewhere. */
    DeferredImport deferredImport() {
        return (url, queue) -> {
            DeferralPlaces places = deferralPlaces;
            if (places == null) {
                throw new IllegalArgumentException("no mailet delivers mail here");
            }
            return places.importFrom(url, queue);
        };
    }

    /** Sentences about deferred mail that an operator should look at. */
    public List<String> deferralProblems() {
        DeferralPlaces places = deferralPlaces;
        return places == null ? List.of() : places.problems();
    }

    /**
     * Consumes a queue, once for all mailets that name it.
     *
     * @throws ConfigurationError if two mailets name the same queue and want different things of it
     */
    synchronized void consume(MailQueue queue, MailetParameters parameters, ConsumerFactory factory) {
        MailetParameters before = settings.putIfAbsent(parameters.outgoing(), parameters);
        if (before == null) {
            OutboundQueue consumer = factory.create(new OutboundQueue.Run(dispatcher, stopping, settledItems, aside,
                properties.mail().holding()));
            queues.put(parameters.outgoing(), consumer);
            deferredMails.add(consumer.deferrals());
            consumer.begin();
        } else if (!before.equals(parameters)) {
            throw new ConfigurationError("The mailet DaneRemoteDelivery: outgoing=" + parameters.outgoing() + " is not allowed; another "
                + "mailet of this container uses the queue with other parameters, give each its own queue.");
        }
    }

    private synchronized void stopTaking() {
        LOGGER.warn("All deferred mail goes back into its queue, and no mail is taken out of it until the next start");
        queues.values().forEach(OutboundQueue::stopTaking);
    }

    /** Settings by which forecasts ask. */
    ProbeSettings probeSettings() {
        return probeSettings;
    }

    /**
     * Forecast of what becomes of mail, by the first mailet that delivers to MX hosts, else by the first mailet. Empty as long as there is
     * no mailet.
     */
    public Optional<Diagnosis> diagnosis() {
        return probeSettings.present().map(setup -> new Diagnosis(dns, connector, setup.settings(), setup.demand(), clock, random));
    }

    /** Forecast as of {@link #diagnosis}, for one probe that ends in time. To be closed. */
    public Optional<TimedProbe> probe(Duration limit) {
        return probeSettings.present().map(setup -> new TimedProbe(dns, setup.settings(), setup.demand(), clock, random, limit));
    }

    /** Makes the consumer of a queue. */
    @FunctionalInterface
    interface ConsumerFactory {
        OutboundQueue create(OutboundQueue.Run run);
    }

    /**
     * Stops taking mail, lets what is under way come to its end for a few seconds, and gives everything back. No thread is interrupted: one
     * that is inside a queue or a store is left to the end of the process. The queues stay open, since James's spooler puts mail into them
     * for some seconds more; who made them closes them.
     */
    @PreDestroy
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        LOGGER.info("Outbound DANE stops; deliveries under way have {} s", GRACE.toSeconds());
        stopping.give();
        queues.values().forEach(OutboundQueue::stopTaking);
        mtaSts.close();
        timer.shutdown();
        Thread returns = named("dane-return-").newThread(dispatcher::close);
        returns.start();
        deliveries.shutdown();
        if (!EndedInTime.of(deliveries, GRACE)) {
            LOGGER.warn("Deliveries are still under way after {} s: their connections are cut, the mails kept", GRACE.toSeconds());
            graceOver.give();
            connector.close();
            if (!EndedInTime.of(deliveries, AFTERMATH)) {
                LOGGER.warn("Some deliveries do not end; their mails stay in the queue");
            }
        }
        graceOver.give();
        if (!EndedInTime.of(returns, AFTERMATH)) {
            LOGGER.warn("Mail that waited is still being given back; what is not given back stays in the queue");
        }
        aside.close();
        DeferralPlaces places = deferralPlaces;
        if (places != null) {
            places.close();
        }
        queues.values().forEach(OutboundQueue::close);
        pool.close();
        connector.close();
        release.close();
        stores.close();
        dns.close();
    }
}
