package dev.cairn.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.server.Tenants;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code cairn tenant list}. */
@Command(
        name = "list",
        description = "List the tenants and their repositories.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn tenant list --data /srv/cairn", "Next: 'cairn tenant quota TENANT' shows what one may use."})
final class TenantListCommand extends ServerDataCommand {

    @Override
    protected ExitCode run() throws IOException {
        Tenants tenants = Tenants.open(dataFolder());
        List<String> names = tenants.names();
        console().result(() -> json(tenants, names), () -> text(tenants, names));
        return ExitCode.DONE;
    }

    private ObjectNode json(Tenants tenants, List<String> names) {
        ObjectNode node = Console.object();
        ArrayNode array = node.putArray("tenants");
        for (String name : names) {
            ArrayNode repositories = array.addObject().put("tenant", name).putArray("repositories");
            tenants.repositories(name).forEach(repositories::add);
        }
        return node.put("seconds", seconds());
    }

    private static String text(Tenants tenants, List<String> names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            List<String> repositories = tenants.repositories(name);
            text.append(text.isEmpty() ? "" : System.lineSeparator())
                    .append(name)
                    .append(": ")
                    .append(repositories.isEmpty() ? "no repositories yet" : String.join(", ", repositories));
        }
        return text.toString();
    }
}
