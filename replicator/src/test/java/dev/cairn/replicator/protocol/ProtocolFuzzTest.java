package dev.cairn.replicator.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server reads of a client and a client of a server, message by message. */
final class ProtocolFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(MalformedMessageException.class);
    private static final RequestCodec CODEC = new RequestCodec(ProtocolLimits.DEFAULT);
    private static final int FRAME_BYTES_MAX = ProtocolLimits.DEFAULT.frameBytes();
    private static final List<ObjectId> IDS = List.of(new ObjectId(1, 2, 3, 4), new ObjectId(5, 6, 7, 8));
    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(9, 9, 9, 9));
    private static final PushId PUSH = new PushId(1, 2);
    private static final RetainedSnapshot SNAPSHOT = new RetainedSnapshot(IDS.get(0), 5, IDS, IDS.subList(0, 1));
    private static final Request.Move MOVE = new Request.Move(
            new BranchMove("main", IDS.get(0), IDS.get(1), IDS, new OperationId(1, 2)),
            PUSH,
            List.of(new RetainedSnapshot(IDS.get(0), 5, IDS, List.of())));
    private static final RemoteState STATE = new RemoteState(
            REPOSITORY, 3, List.of(new RemoteState.Head("main", IDS.get(0)), new RemoteState.Head("a/ä", null)));

    /** One of each kind; their places are the first byte of an input. */
    private static final List<Request> REQUESTS = List.of(
            new Request.Describe(),
            new Request.Compare(STATE),
            new Request.Snapshots(),
            new Request.Create(REPOSITORY, new byte[] {1, 2, 3}),
            new Request.Configure(4, new byte[] {1, 2, 3}),
            new Request.Missing(IDS, PUSH),
            new Request.Batch(
                    PUSH,
                    3,
                    List.of(
                            new Request.Upload(new byte[] {7, 8}, new byte[32]),
                            new Request.Upload(new byte[1], new byte[32])),
                    true,
                    new Request.Precondition(REPOSITORY, 5),
                    MOVE),
            MOVE,
            new Request.Diff(IDS, IDS.subList(0, 1), 2, List.of(RecordDigest.of(new byte[3])), true),
            new Request.Fetch(IDS, List.of(RecordDigest.of(new byte[3]))),
            new Request.Notes(List.of(new NoteDigest(1, 2), new NoteDigest(3, 4))),
            new Request.Annotate(List.of(new byte[] {1}, new byte[] {2, 3})));

    private static List<Response> answers(Request request) {
        StoredConfiguration configuration = new StoredConfiguration(3, new byte[] {1, 2});
        Branch branch = new Branch("main", IDS.get(1), 7);
        Response info = new Response.RepositoryInfo(
                        REPOSITORY, configuration, List.of(branch), Role.WRITE, 1, new NoteDigest(1, 2), null)
                .withLog(new LogHead(3, "0f".repeat(32)));
        return switch (request) {
            case Request.Describe _, Request.Create _ -> List.of(info);
            case Request.Compare _ -> List.of(info, new Response.Unchanged());
            case Request.Snapshots _ ->
                List.of(
                        new Response.SnapshotList(List.of(SNAPSHOT)),
                        new Response.End(1),
                        Problem.busy("the disk is slow", 3));
            case Request.Configure _ -> List.of(new Response.Configured(true, configuration));
            case Request.Missing _ -> List.of(new Response.MissingIds(IDS.subList(0, 1)));
            case Request.Batch _ -> List.of(new Response.BatchStored(2, 3, 1, new BranchMove.Outcome.Moved(branch)));
            case Request.Move _ ->
                List.of(
                        new Response.Moved(new BranchMove.Outcome.Moved(branch)),
                        new Response.Moved(new BranchMove.Outcome.Conflict(branch)));
            case Request.Diff _ ->
                List.of(
                        new Response.DiffRecord(new byte[] {1, 2, 3}, new int[] {0, 3}),
                        new Response.End(2),
                        Problem.missing(IDS));
            case Request.Fetch _ -> List.of(new Response.FetchedRecord(new byte[] {1, 2, 3}), new Response.End(1));
            case Request.Notes _ -> List.of(new Response.NoteList(1, List.of(new byte[] {1})), new Response.End(1));
            case Request.Annotate _ -> List.of(new Response.Annotated(2, 1));
        };
    }

    private static boolean isStream(Request request) {
        return switch (request.route()) {
            case SNAPSHOTS, DIFF, FETCH, NOTES -> true;
            case INFO, STATE, CREATE, CONFIGURATION, MISSING, BATCH, MOVE, ANNOTATE -> false;
        };
    }

    private static byte[] content(byte[] frame) {
        return new FrameReader(FRAME_BYTES_MAX).read(frame).getFirst();
    }

    private static byte[] joined(int first, List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static List<Greeting> greetings() {
        DeviceKey key = DeviceKey.parse("""
            cairn device key 1
            9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60
            d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
            """);
        Greeting.HelloAnswer hello = new Greeting.HelloAnswer(
                1,
                new ProtocolVersions(1, 2),
                List.of("notes"),
                ProtocolLimits.DEFAULT,
                new ServerId(1, 2),
                new byte[32],
                60,
                "a server");
        RepositoryName name = new RepositoryName("default", "photos");
        return List.of(
                new Greeting.Hello(new ProtocolVersions(1, 1), List.of("notes"), "a test"),
                hello,
                key.enrol(hello, null, "ABCDE-FGHJK", "a test"),
                new Greeting.Enrolled(key.id(), "default", "", Role.APPEND),
                key.token(hello, null, name),
                new Greeting.Session(new byte[32], 60, Role.READ));
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, Map<String, byte[]>> seeds = new LinkedHashMap<>();
        Map<String, byte[]> requests = new LinkedHashMap<>();
        Map<String, byte[]> responses = new LinkedHashMap<>();
        for (int i = 0; i < REQUESTS.size(); i++) {
            Request request = REQUESTS.get(i);
            requests.put(request.route().segment(), joined(i, CODEC.encode(request)));
            for (Response answer : answers(request)) {
                byte[] frame = ResponseCodec.encode(request.route(), answer, isStream(request));
                String name =
                        request.route().segment() + "-" + answer.getClass().getSimpleName();
                responses.put(name, joined(i, List.of(content(frame))));
            }
        }
        Map<String, byte[]> greetings = new LinkedHashMap<>();
        List<Greeting> all = greetings();
        for (int i = 0; i < all.size(); i++) {
            greetings.put(
                    all.get(i).getClass().getSimpleName(),
                    joined(i, List.of(content(GreetingCodec.encode(all.get(i))))));
        }
        greetings.put(
                "Remembered", joined(6, List.of(GreetingCodec.encodeRemembered((Greeting.HelloAnswer) all.get(1)))));
        seeds.put("request", requests);
        seeds.put("response", responses);
        seeds.put("greeting", greetings);
        seeds.put("frames", Map.of("batch", joined(3, CODEC.encode(REQUESTS.get(6)))));
        seeds.put("problem", Map.of("missing", joined(4, List.of(content(ProblemCodec.encode(Problem.missing(IDS)))))));
        seeds.put("state", Map.of("two-heads", StateCodec.encode(STATE)));
        return seeds;
    }

    private static long bytesMax(byte[] input) {
        return (256 << 10) + 16L * input.length;
    }

    /** A body in pieces. Input: the length of a piece, then the body. */
    @FuzzTest
    void frames(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int piece = 1 + (input[0] & 0xff);
        List<byte[]> inPieces = new ArrayList<>();
        PARSING.value(bytesMax(input) + 32L * input.length, () -> {
                    inPieces.clear();
                    FrameReader reader = new FrameReader(1 << 20);
                    for (int at = 1; at < input.length; at += piece) {
                        inPieces.addAll(reader.read(Arrays.copyOfRange(input, at, Math.min(input.length, at + piece))));
                    }
                    return reader.atFrameEnd();
                })
                .ifPresent(isWhole -> {
                    FrameReader whole = new FrameReader(1 << 20);
                    assertThat(whole.read(Arrays.copyOfRange(input, 1, input.length)))
                            .usingRecursiveComparison()
                            .isEqualTo(inPieces);
                    assertThat(whole.atFrameEnd()).isEqualTo(isWhole);
                });
    }

    /** Input: which request, for its route, then the frames of a body. */
    @FuzzTest
    void request(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Route route = REQUESTS.get((input[0] & 0xff) % REQUESTS.size()).route();
        PARSING.value(bytesMax(input) + 32L * input.length, () -> {
                    List<byte[]> frames =
                            new FrameReader(FRAME_BYTES_MAX).read(Arrays.copyOfRange(input, 1, input.length));
                    return CODEC.decode(route, frames);
                })
                .ifPresent(request -> {
                    byte[] body = joined(0, CODEC.encode(request));
                    FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
                    List<byte[]> frames = reader.read(Arrays.copyOfRange(body, 1, body.length));
                    Request again = PARSING.accepted(() -> CODEC.decode(route, frames));
                    assertThat(joined(0, CODEC.encode(again))).isEqualTo(body);
                });
    }

    /** Input: what was asked, then a frame of the answer. */
    @FuzzTest
    void response(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Request request = REQUESTS.get((input[0] & 0xff) % REQUESTS.size());
        byte[] frame = Arrays.copyOfRange(input, 1, input.length);
        PARSING.value(bytesMax(input), () -> ResponseCodec.decode(request, frame))
                .ifPresent(response -> {
                    byte[] encoded = ResponseCodec.encode(request.route(), response, isStream(request));
                    Response again = PARSING.accepted(() -> ResponseCodec.decode(request, content(encoded)));
                    assertThat(ResponseCodec.encode(request.route(), again, isStream(request)))
                            .isEqualTo(encoded);
                });
    }

    private static Greeting greeting(int kind, byte[] frame) {
        return switch (kind) {
            case 0 -> GreetingCodec.decodeHello(frame);
            case 1 -> GreetingCodec.decodeHelloAnswer(frame);
            case 2 -> GreetingCodec.decodeEnrol(frame);
            case 3 -> GreetingCodec.decodeEnrolled(frame);
            case 4 -> GreetingCodec.decodeToken(frame);
            case 5 -> GreetingCodec.decodeSession(frame);
            default -> GreetingCodec.decodeRemembered(frame);
        };
    }

    /** Input: which greeting, then its frame. */
    @FuzzTest
    void greeting(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int kind = (input[0] & 0xff) % 7;
        byte[] frame = Arrays.copyOfRange(input, 1, input.length);
        PARSING.value(bytesMax(input), () -> greeting(kind, frame)).ifPresent(greeting -> {
            byte[] encoded = encoded(kind, greeting);
            Greeting again = PARSING.accepted(() -> greeting(kind, encoded));
            assertThat(encoded(kind, again)).isEqualTo(encoded);
        });
    }

    private static byte[] encoded(int kind, Greeting greeting) {
        return kind == 6
                ? GreetingCodec.encodeRemembered((Greeting.HelloAnswer) greeting)
                : content(GreetingCodec.encode(greeting));
    }

    /** Input: a status, then a frame. */
    @FuzzTest
    void problem(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int status = 400 + (input[0] & 0x7f);
        byte[] frame = Arrays.copyOfRange(input, 1, input.length);
        PARSING.value(bytesMax(input), () -> ProblemCodec.decode(status, frame)).ifPresent(problem -> {
            assertThat(problem.message() + problem.hint()).doesNotContain("\n", "\033");
            Problem again = PARSING.accepted(() -> ProblemCodec.decode(status, content(ProblemCodec.encode(problem))));
            assertThat(again).isEqualTo(problem);
        });
    }

    @FuzzTest
    void state(byte[] input) {
        PARSING.value(bytesMax(input), () -> StateCodec.decode(input)).ifPresent(state -> {
            RemoteState again = PARSING.accepted(() -> StateCodec.decode(StateCodec.encode(state)));
            assertThat(again).isEqualTo(state);
        });
    }
}
